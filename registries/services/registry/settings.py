"""A registry's settings, as its admins change them.

The settings that govern access are stored on its project, where `artifacts` checks them in every
operation.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import AcceptedType, Project
from registries.models import Registry
from registries.services.registry.checks import check_access, check_default_role, check_types
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import check_type_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.errors import Conflict, Invalid
from registry_site.texts.edits import Opened


@transaction.atomic
def update_registry(
    *,
    by: User,
    registry: Registry,
    description: str | None = None,
    access: str | None = None,
    accepts_all_types: bool | None = None,
    accepted_types: Iterable[str] = (),
    default_role: str | None = None,
    owner: str | None = None,
    icon: str | None = None,
    colour: str | None = None,
    opened: Opened | None = None,
) -> Registry:
    """Change a registry's settings; what is None stays as it is.

    `accepted_types` are added: a type that was saved can't be taken back. Where the registry
    accepted all types until now, those in use stay accepted. `owner` is a username, "" for nobody;
    `opened` what a form was opened with. Raises Conflict for opening a restricted registry to the
    organization, and for restricting a core registry; Unread where somebody else changed the same.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    before = read_settings(locked)
    texts = {
        "description": description,
        "access": access,
        "accepts_all_types": accepts_all_types,
        "default_role": default_role,
        "owner": owner,
        "icon": icon,
        "colour": colour,
    }
    settled = _settle(by, locked, before, texts, opened)
    _set_texts(locked, before, settled)
    _accept_types(locked.project, settled.get("accepts_all_types"), accepted_types)
    _save(by, locked, before)
    return locked


def _settle(
    by: User,
    registry: Registry,
    before: dict[str, Any],
    texts: dict[str, Any],
    opened: Opened | None,
) -> dict[str, Any]:
    new = {name: text for name, text in texts.items() if text is not None}
    return settle_edit(
        by=by, opened=opened, now=before, texts=new, kind=Kind.REGISTRY, subject_id=registry.pk
    )


def _set_texts(registry: Registry, before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, set_text in _SETTERS.items():
        if name in after and after[name] != before[name]:
            set_text(registry, after[name])


def read_settings(registry: Registry) -> dict[str, Any]:
    """Return what the settings are, by the names that operations, forms and events use."""
    project = registry.project
    types = project.accepted_types.order_by("name").values_list("name", flat=True)
    return {
        "description": project.description,
        "access": project.access,
        "accepts_all_types": project.accepts_all_types,
        "accepted_types": list(types),
        "default_role": project.default_role,
        "owner": registry.owner.username if registry.owner else "",
        "icon": registry.icon,
        "colour": registry.colour,
    }


def restrict_refusal(registry: Registry) -> str:
    """Return why the visibility can't change, "" where it can."""
    if registry.is_core:
        return _(
            "Everyone in {organization} sees a core registry: new teams link there first. This "
            "can't be changed."
        ).format(organization=registry.organization)
    if registry.project.access == Project.Access.RESTRICTED:
        return _(
            "A restricted registry can't be opened to the whole organization: what its members "
            "linked here was meant for them. Add people and teams, or make a new registry."
        )
    return ""


def _save(by: User, registry: Registry, before: dict[str, Any]) -> None:
    after = read_settings(registry)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    registry.project.save(
        update_fields=["description", "access", "accepts_all_types", "default_role", "updated_at"]
    )
    registry.save(update_fields=["owner", "icon", "colour"])
    record_change(
        by,
        Verb.UPDATE,
        registry,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _set_description(registry: Registry, description: str) -> None:
    registry.project.description = description


def _set_access(registry: Registry, access: str) -> None:
    check_access(access)
    if reason := restrict_refusal(registry):
        raise Conflict(reason)
    registry.project.access = access


def _set_default_role(registry: Registry, role: str) -> None:
    check_default_role(role)
    if registry.project.access == Project.Access.RESTRICTED:
        raise Conflict(
            _(
                "{registry} has no default role: it is restricted, so only its members see it. "
                "Give people and teams a role of their own."
            ).format(registry=registry.project)
        )
    registry.project.default_role = role


def _set_owner(registry: Registry, username: str) -> None:
    people = registry.organization.members.filter(user__is_active=True, user__service_of=None)
    member = people.filter(user__username__iexact=username).select_related("user").first()
    if username and member is None:
        raise Invalid(
            _(
                "{name!r} can't be the owner: a registry's owner is a person of {organization}. "
                "Give the username of one, or of nobody."
            ).format(name=username[:64], organization=registry.organization)
        )
    registry.owner = member.user if member else None


def _set_icon(registry: Registry, icon: str) -> None:
    _check_choice(icon, Registry.Icon.values)
    registry.icon = icon


def _set_colour(registry: Registry, colour: str) -> None:
    _check_choice(colour, Registry.Colour.values)
    registry.colour = colour


_SETTERS: dict[str, Callable[[Registry, str], None]] = {
    "description": _set_description,
    "access": _set_access,
    "default_role": _set_default_role,
    "owner": _set_owner,
    "icon": _set_icon,
    "colour": _set_colour,
}


def _check_choice(value: str, choices: list[str]) -> None:
    if value not in choices:
        raise Invalid(
            _("{value!r} is none of the choices: give one of {choices}.").format(
                value=value[:40], choices=", ".join(choices)
            )
        )


def _accept_types(project: Project, all_types: bool | None, names: Iterable[str]) -> None:
    accepted = set(project.accepted_types.values_list("name", flat=True))
    names_to_accept = {check_type_name(name) for name in names}
    if all_types is False and project.accepts_all_types:
        used = project.artifact_types.filter(collections__isnull=False)
        names_to_accept |= set(used.values_list("name", flat=True))
    if all_types is False:
        check_types(accepted | names_to_accept)
    AcceptedType.objects.bulk_create(
        (AcceptedType(project=project, name=name) for name in sorted(names_to_accept - accepted)),
        ignore_conflicts=True,
    )
    if all_types is not None:
        project.accepts_all_types = all_types
