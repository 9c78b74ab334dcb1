"""Write down the paths that were left before they were written down: which numbers each gave, and
where it leads. What is deleted still has its row; for the rest the events know."""

import re

from django.db import migrations

NUMBERED = re.compile(r"([^/]+)/([^/]+)/(.+):v(\d+)")
PREFIX = "wandb-registry-"


def fill(apps, schema_editor):
    Collection = apps.get_model("artifacts", "Collection")
    CollectionPath = apps.get_model("artifacts", "CollectionPath")
    standing, paths = {}, {}
    rows = Collection._base_manager.select_related("project").order_by("pk")
    for row in rows.only("name", "next_index", "deleted_at", "project").iterator():
        project = row.project
        # a deleted project has its key and a slash before the name, or later behind it
        name = project.name.removeprefix(f"{project.pk}/").removesuffix(f"/{project.pk}")
        path = project.entity_id, name, row.name
        if row.deleted_at or project.deleted_at:
            paths[path] = max(row.next_index, paths.get(path, (0,))[0]), row.pk
        else:
            standing[path] = row
    for path, number in _numbered(apps):
        spent, collection = paths.get(path, (0, None))
        paths[path] = max(spent, number + 1), collection
    for path, collection in _renamed(apps):
        if path not in standing:
            paths[path] = paths.get(path, (0,))[0], collection
    for path, row in standing.items():
        spent, _collection = paths.pop(path, (0, None))
        if spent > row.next_index:
            Collection._base_manager.filter(pk=row.pk).update(next_index=spent)
    CollectionPath.objects.bulk_create(
        (
            CollectionPath(
                entity_id=entity, project_name=project, name=name,
                next_index=spent, collection_id=collection,
            )
            for (entity, project, name), (spent, collection) in paths.items()
        ),
        batch_size=500,
    )


def _numbered(apps):
    """Each number that was given, and its path."""
    entities = dict(apps.get_model("accounts", "Entity").objects.values_list("name", "pk"))
    events = apps.get_model("accounts", "Event").objects.filter(
        verb__in=["link", "create"], kind__in=["collection", "version"]
    )
    for subject in events.values_list("subject", flat=True).iterator():
        found = NUMBERED.fullmatch(subject)
        if found and found[1] in entities:
            yield (entities[found[1]], found[2], found[3]), int(found[4])


def _renamed(apps):
    """Each path that a collection left by a new name, and the collection."""
    alive = {
        row.pk: row.project
        for row in apps.get_model("artifacts", "Collection")._base_manager
        .filter(deleted_at=None, project__deleted_at=None).select_related("project")
    }
    events = apps.get_model("accounts", "Event").objects.filter(kind="collection", verb="update")
    for pk, before, after in events.order_by("pk").values_list("subject_id", "before", "after"):
        names = [part.get("name") for part in (before, after) if isinstance(part, dict)]
        if pk in alive and len(names) == 2 and names[0] and names[0] != names[1]:
            yield (alive[pk].entity_id, alive[pk].name, names[0]), pk


def fill_projects(apps, schema_editor):
    Project = apps.get_model("artifacts", "Project")
    alive = Project.objects.filter(deleted_at=None).in_bulk()
    taken = {(each.entity_id, each.name) for each in alive.values()}
    events = apps.get_model("accounts", "Event").objects.filter(verb="rename")
    for pk, kind, before in events.order_by("pk").values_list("project_id", "kind", "before"):
        name = before.get("name") if isinstance(before, dict) else None
        if name and pk in alive:
            name = PREFIX + name if kind == "registry" else name
            if (alive[pk].entity_id, name) not in taken:
                apps.get_model("artifacts", "ProjectPath").objects.update_or_create(
                    entity_id=alive[pk].entity_id, name=name, defaults={"project": alive[pk]}
                )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_default_ttl"),
        ("artifacts", "0011_former_paths"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_projects, migrations.RunPython.noop, elidable=True),
    ]
