"""Linking to a path, as scripts do: a registry must exist, other projects are made if missing."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Project, Version
from artifacts.reads.lookups import find_former_project
from artifacts.services.collections.links import Linking, link_version
from artifacts.services.projects import create_project
from artifacts.services.reach.former_paths import visible_former_project
from registry_site.accounts.models import User
from registry_site.accounts.names import REGISTRY_PREFIX, check_path_entity
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound
from registry_site.queries.prepared import prepared


def link_to_path(
    *,
    by: User,
    version: Version,
    entity_name: str | None,
    project_name: str | None,
    collection_name: str,
    aliases: Iterable[str] = (),
) -> Linking:
    """Link the version to the collection of this path, as `link_version` does.

    Raises NotFound for a registry that doesn't exist. Where the person used its former name, that
    is noted.
    """
    link = partial(
        link_version, by=by, version=version, collection_name=collection_name, aliases=aliases
    )
    if not entity_name or not (project_name or "").startswith(REGISTRY_PREFIX):
        with transaction.atomic():  # a refused link leaves no new project
            return link(project=create_project(by=by, entity_name=entity_name, name=project_name))
    try:
        return link(project=_reach_registry(by, entity_name, project_name or ""))
    except NotFound:
        visible_former_project(by=by, entity_name=entity_name, name=project_name or "")
        raise


def _reach_registry(by: User, entity_name: str, project_name: str) -> Project:
    """Return the registry of this path; raises NotFound, with its new name if it was renamed.

    A registry's former name leads to versions only: after a renaming, the SDK expects not to find
    the registry under its old name (wandb 0.31).
    """
    project = _registry_at(entity_name, project_name)
    if project and can(by, Action.READ, project):
        return project
    check_path_entity(entity_name)
    name = project_name.removeprefix(REGISTRY_PREFIX)
    renamed = find_former_project(entity_name, project_name)
    if renamed and can(by, Action.READ, renamed):
        raise NotFound(
            _(
                "The registry {name!r} is called {now!r} now, and nothing can be linked under its "
                "former name. Link to `{path}/…`."
            ).format(
                name=name,
                now=renamed.registry_name,
                path=f"{renamed.entity.name}/{renamed.name}",
            )
        )
    raise NotFound(
        _("There is no registry {name!r} in {organization!r} that you may see. {known}").format(
            name=name, organization=entity_name, known=_registries_there(by, entity_name)
        )
    )


def _registry_at(entity_name: str, name: str) -> Project | None:
    """Return the registry of this path, with the types that it accepts read along."""
    rows = _registries_at(entity_name.lower(), name)
    if not rows:
        return None
    registry: Project = rows[0]
    registry.accepted_type_names = sorted(row.accepted for row in rows if row.accepted)
    return registry


@prepared
def _registries_at(entity_name: Any, name: Any) -> QuerySet:
    """Return the registry of this path once for each type that it accepts, or once."""
    rows = Project.objects.filter(entity__name__lower=entity_name, name=name)
    return rows.annotate(accepted=F("accepted_types__name")).select_related("entity")


def _registries_there(by: User, entity_name: str) -> str:
    """Return a sentence that names up to ten registries of the entity, or whom to ask."""
    registries = Project.objects.visible_to(by).registries()
    there = registries.filter(entity__name__lower=entity_name.lower()).order_by("name")
    names = [
        name.removeprefix(REGISTRY_PREFIX) for name in there.values_list("name", flat=True)[:10]
    ]
    if not names:
        return _("Ask an admin of your organization, or create the registry in the web app.")
    return _("Registries there: {known}.").format(known=", ".join(names))
