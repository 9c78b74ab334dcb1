"""Fields by which lists of projects are filtered, and by which most lists are ordered."""

from registry_site.filters import Column, Number, Text, Time

PROJECTS = {
    "id": Number("pk"),
    "project_id": Number("pk"),
    "name": Text("name"),
    "entity_id": Number("entity_id"),
    "description": Text("description"),
    "created_at": Time("created_at"),
    "updated_at": Time("updated_at"),
}


BY_NAME_OR_AGE = {
    "id": Column("pk"),
    "name": Column("name"),
    "created_at": Column("created_at"),
    "updated_at": Column("updated_at"),
}
