"""Which runs use which versions."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from artifacts.graphql.loading import list_together
from artifacts.graphql.runs.runs import run_at
from artifacts.models import Project, Run, RunInput, RunOutput, Version
from artifacts.services.reach.former_paths import visible_former_project
from artifacts.services.reach.projects import visible_project
from artifacts.services.reach.versions import reach_version
from artifacts.services.usage.usage import use_version
from registry_site.graphql.binding import field
from registry_site.graphql.connections import MAX_PAGE, connection
from registry_site.texts.ids import decode_id


@field("Mutation", "useArtifact")
def use_artifact(root, info, input):
    """Record a use; the path by which the version was reached decides whether it is allowed."""
    user, run = info.context.user, run_at(info.context.user, input)
    version = reach_version(by=user, pk=decode_id(input["artifactID"], "Artifact"))
    through = _through(user, input.get("artifactEntityName"), input.get("artifactProjectName"))
    use = {"used_as": input.get("usedAs") or "", "api_key": info.context.api_key}
    use_version(by=user, version=version, run=run, project=through, **use)
    return {"artifact": version}


def _through(user, entity_name: str | None, name: str | None) -> Project | None:
    """Return the project at this path, or the one that had it before."""
    if not entity_name or not name:
        return None
    path = {"entity_name": entity_name, "name": name}
    return visible_project(by=user, **path) or visible_former_project(by=user, **path)


@field("Artifact", "usedBy")
def artifact_used_by(version: Version, info, after=None, first=None):
    """Return runs that used it, if the viewer may see them; ArtifactUsedBy asks for no page."""
    runs = Run.objects.visible_to(info.context.user).filter(inputs__version=version).for_api()
    return connection(info.context, runs, first=first or MAX_PAGE, after=after)


@field("Run", "outputArtifacts")
def run_output_artifacts(run: Run, info, after=None, first=None):
    """Return versions that the run made, as far as the viewer may see them."""
    return _versions(info, RunOutput.objects.filter(run=run), after=after, first=first)


@field("Run", "inputArtifacts")
def run_input_artifacts(run: Run, info, after=None, first=None):
    """Return versions that the run used, as far as the viewer may see them."""
    return _versions(info, RunInput.objects.filter(run=run), after=after, first=first)


def _versions(info, rows: QuerySet, **page: Any) -> dict[str, Any]:
    visible = Version.objects.visible_to(info.context.user).committed()
    listed = connection(
        info.context,
        rows.filter(version__in=visible).prefetch_related(
            Prefetch("version", queryset=Version.objects.for_list())
        ),
        edge=lambda row: {"node": row.version, "version": f"v{row.version.version_index}"},
        **page,
    )
    list_together(info.context, [edge["node"] for edge in listed["edges"]])
    return listed
