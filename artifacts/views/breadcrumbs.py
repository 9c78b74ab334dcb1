"""The way from an entity down to the page that is open."""

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Project


def breadcrumb_of(
    project: Project, type_name: str = "", collection: Collection | None = None, last: str = ""
) -> list[dict[str, str]]:
    """The way from the entity down to what is open, which itself is no link."""
    address = [project.entity.name, project.name]
    items = [
        {"label": project.entity.name, "url": project.entity.get_absolute_url()},
        {"label": project.name, "url": project.get_absolute_url()},
        {"label": _("Artifacts"), "url": reverse("artifacts:browser", args=address)},
    ]
    if type_name:
        url = reverse("artifacts:type_detail", args=[*address, type_name])
        items.append({"label": type_name, "url": url})
    if collection:
        items.append({"label": collection.name, "url": collection.get_absolute_url()})
    if last:
        items.append({"label": last, "url": ""})
    items[-1] = items[-1] | {"url": ""}
    return items
