"""Registries as the SDK reads and makes them: projects with a visibility and accepted types."""

from django.utils.translation import gettext as _

from artifacts.models import Project
from artifacts.services.projects import create_project
from registries.models import Registry
from registries.services.registries import create_registry
from registry_site.accounts.models import Organization
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.errors import Invalid, NotFound
from registry_site.graphql.binding import field, fields

ACCESS = {"PRIVATE": "organization", "RESTRICTED": "restricted"}
_ON_WIRE = {ours: theirs for theirs, ours in ACCESS.items()}

fields(
    "Project",
    access=lambda project: _ON_WIRE[project.access],
    allowAllArtifactTypesInRegistry=lambda project: project.accepts_all_types,
)


@field("Mutation", "upsertModel")
def upsert_model(root, info, input):
    """Make a registry or an ordinary project; what exists is returned as it is."""
    user, name = info.context.user, input.get("name") or ""
    entity_name = input.get("entityName")
    if input.get("id"):
        raise Invalid(_("This server does not offer changing a project by its id yet."))
    if not name.startswith(REGISTRY_PREFIX):
        known = Project.objects.visible_to(user).at(entity_name or "", name).exists()
        project = create_project(by=user, entity_name=entity_name, name=name)
        return {"project": project, "model": project, "inserted": not known}
    registry = _create_registry(user, entity_name or "", name, input)
    return {"project": registry.project, "model": registry.project, "inserted": True}


def _create_registry(user, entity_name: str, name: str, input) -> Registry:
    organization = Organization.objects.visible_to(user).named(entity_name).first()
    if organization is None:
        raise NotFound(
            _("There is no organization {name!r} that you are in.").format(name=entity_name)
        )
    if Project.objects.visible_to(user).at(entity_name, name).exists():
        raise Invalid(_("This server does not offer changing a registry from the SDK yet."))
    types = [kind["name"] for kind in input.get("artifactTypes") or ()]
    return create_registry(
        by=user, organization=organization, name=name.removeprefix(REGISTRY_PREFIX),
        description=input.get("description") or "",
        access=ACCESS.get(input.get("access") or "PRIVATE", input.get("access") or ""),
        accepted_types=None if input.get("allowAllArtifactTypesInRegistry") else types,
    )  # fmt: skip
