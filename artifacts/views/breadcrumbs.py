"""The way from an entity down to the open page, which itself is no link."""

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Project, Run

Crumbs = list[dict[str, str]]


def project_crumbs(project: Project) -> Crumbs:
    """Return the way to a project's overview."""
    return _ending(_way_to(project))


def run_crumbs(run: Run, last: str = "") -> Crumbs:
    """Return the way to a run, or to what lies below it under the name `last`."""
    label = {"label": run.display_name, "url": run.get_absolute_url()}
    return _ending([*_way_to(run.project), label], last)


def artifact_crumbs(project: Project, type_name: str = "", last: str = "") -> Crumbs:
    """Return the way to a project's artifacts, or to those of a type, or to `last` below them."""
    return _ending(_way_to_artifacts(project, type_name), last)


def collection_crumbs(collection: Collection, last: str = "") -> Crumbs:
    """Return the way to a collection of a project, or to `last` below it."""
    way = _way_to_artifacts(collection.project, collection.artifact_type.name)
    label = {"label": collection.name, "url": collection.get_absolute_url()}
    return _ending([*way, label], last)


def _way_to(project: Project) -> Crumbs:
    return [
        {"label": project.entity.name, "url": project.entity.get_absolute_url()},
        {"label": project.name, "url": project.get_absolute_url()},
    ]


def _way_to_artifacts(project: Project, type_name: str) -> Crumbs:
    path = [project.entity.name, project.name]
    way = [
        *_way_to(project),
        {"label": _("Artifacts"), "url": reverse("artifacts:browser", args=path)},
    ]
    if type_name:
        url = reverse("artifacts:type_detail", args=[*path, type_name])
        way.append({"label": type_name, "url": url})
    return way


def _ending(way: Crumbs, last: str = "") -> Crumbs:
    """Return the way that ends with the open page: `last`, or else the last of its parts."""
    before, label = (way, last) if last else (way[:-1], way[-1]["label"])
    return [*before, {"label": label, "url": ""}]
