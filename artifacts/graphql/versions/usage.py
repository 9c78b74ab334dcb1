"""Which runs use which versions."""

from django.db.models import Prefetch

from artifacts.graphql.lookups import need_version, project_at
from artifacts.models import Project, Run, RunInput, RunOutput, Version
from artifacts.reads.lookups import find_former_project, list_together
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.reach.runs import reach_run_to_log
from artifacts.services.usage.usage import use_version
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import field
from registry_site.graphql.connections import MAX_PAGE, connection


@field("Mutation", "useArtifact")
def use_artifact(root, info, input):
    """The path through which the version was reached decides whether it may be used."""
    user = info.context.user
    where = {"entity_name": input["entityName"], "project_name": input["projectName"]}
    run = reach_run_to_log(by=user, name=input["runName"], **where)
    version, used_as = need_version(user, input["artifactID"]), input.get("usedAs") or ""
    use_version(
        by=user,
        version=version,
        run=run,
        project=_through(user, input),
        used_as=used_as,
        api_key=info.context.api_key,
    )
    return {"artifact": version}


def _through(user, input) -> Project | None:
    entity, name = input.get("artifactEntityName"), input.get("artifactProjectName")
    if not entity or not name:
        return None
    return project_at(user, entity, name) or _seen_former(user, entity, name)


def _seen_former(user, entity: str, name: str) -> Project | None:
    project = find_former_project(entity, name)
    if project is None or not can(user, Action.READ, project):
        return None
    record_former_use(by=user, project=project, project_name=name)
    return project


@field("Artifact", "usedBy")
def artifact_used_by(version: Version, info, after=None, first=None):
    """Runs that used it, as far as the viewer may see them; ArtifactUsedBy asks for no page."""
    runs = Run.objects.visible_to(info.context.user).filter(inputs__version=version).for_api()
    return connection(info.context, runs, first=first or MAX_PAGE, after=after)


@field("Run", "outputArtifacts", "inputArtifacts")
def run_artifacts(run: Run, info, after=None, first=None):
    """Versions that the run made or used, as far as the viewer may see them."""
    user = info.context.user
    rows = RunOutput if info.field_name == "outputArtifacts" else RunInput
    visible = Version.objects.visible_to(user).committed()
    found = rows.objects.filter(run=run, version__in=visible).prefetch_related(
        Prefetch("version", queryset=Version.objects.for_list())
    )
    page = connection(
        info.context,
        found,
        first=first,
        after=after,
        edge=lambda row: {"node": row.version, "version": f"v{row.version.version_index}"},
    )
    list_together([edge["node"] for edge in page["edges"]])
    return page
