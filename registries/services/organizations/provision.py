"""Creates people, organizations and teams from a document that an operator keeps in a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from registries.services.organizations.provision_document import read_document
from registries.services.registry.creation import create_core_registries
from registry_site.accounts.models import Entity, Kind, Organization, Team, User, Verb
from registry_site.accounts.names import check_email
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.invitations import confirm_email
from registry_site.accounts.services.keys.api_keys import digest_of, set_api_key
from registry_site.accounts.services.members import set_organization_member, set_team_member
from registry_site.accounts.services.people import (
    create_organization,
    create_team,
    create_user,
    user_of,
)
from registry_site.errors import Conflict, DomainError, Invalid

Row = dict[str, Any]
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@transaction.atomic
def provision(document: Any) -> dict[str, list[Row]]:
    """Create or update everything that the document names, and return what exists now.

    What it doesn't name stays as it is; the same document again changes nothing. Raises Invalid
    with one sentence that begins with the place in the document, and then nothing has changed.
    """
    rows = read_document(document)
    steps = (("users", _user), ("organizations", _organization), ("teams", _team))
    return {
        kind: [step(row, f"{kind}[{number}]") for number, row in enumerate(rows[kind])]
        for kind, step in steps
    }


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Prefix a refusal with the place in the document where it arose."""
    try:
        yield
    except DomainError as error:
        raise Invalid(f"{place}: {error.message}") from error


# ------------------------------------------------------------------ users


def _user(row: Row, place: str) -> Row:
    with _at(f"{place}.email"):
        check_email(row.get("email", ""))
    user = User.objects.filter(username__iexact=row["username"]).first()
    status = UNCHANGED if user else CREATED
    if user is None:
        with _at(f"{place}.username"):
            user = create_user(by=None, username=row["username"])
    changed = [*_update_user(user, row), *_add_keys(user, row.get("api_keys", []), place)]
    if changed and status == UNCHANGED:
        status = UPDATED
    return {
        "id": user.pk,
        "username": user.username,
        "email": user.email,
        "admin": user.is_admin,
        "status": status,
    }


def _update_user(user: User, row: Row) -> list[str]:
    """Set the given fields that differ, and return their names.

    The operator's passwords need not follow the rules of the form.
    """
    changed = []
    for name, key in (("email", "email"), ("is_admin", "admin")):
        if key in row and getattr(user, name) != row[key]:
            setattr(user, name, row[key])
            changed.append(name)
    if "password" in row and not user.check_password(row["password"]):
        user.set_password(row["password"])
        changed.append("password")
    if changed:
        user.save(update_fields=changed)
        record_event(
            by=None,
            verb=Verb.UPDATE,
            kind=Kind.USER,
            subject=user.username,
            subject_id=user.pk,
            after={"fields": changed},
        )
    if row.get("email") and ("email" in changed or not user.email_is_confirmed):
        confirm_email(user)
    return changed


def _add_keys(user: User, keys: list[Row], place: str) -> list[str]:
    """Add the keys that the person doesn't have yet; no key is ever removed here."""
    digests = {digest_of(key["key"]) for key in keys}
    digests_there = set(user.api_keys.filter(digest__in=digests).values_list("digest", flat=True))
    for number, key in enumerate(keys):
        with _at(f"{place}.api_keys[{number}]"):
            set_api_key(by=None, user=user, name=key["name"], text=key["key"])
    return sorted(digests - digests_there)


# ------------------------------------------------------------------ organizations and teams


def _organization(row: Row, place: str) -> Row:
    organization = (
        Organization.objects.filter(name__iexact=row["name"]).select_related("entity").first()
    )
    status = UNCHANGED if organization else CREATED
    if organization is None:
        with _at(f"{place}.name"):
            organization = create_organization(
                by=None, name=row["name"], entity_name=row.get("entity", "")
            )
    with _at(f"{place}.entity"):
        _check_same_entity(organization, row.get("entity", ""))
    made = create_core_registries(organization) if row.get("core_registries", True) else []
    members = _members(
        row.get("members", []),
        place,
        roles=dict(organization.members.values_list("user", "role")),
        give=lambda user, role: set_organization_member(
            by=None, organization=organization, user=user, role=role
        ),
    )
    return {
        "id": organization.pk,
        "name": organization.name,
        "entity": organization.entity.name,
        "status": _status(status, made, members),
        "registries": sorted(organization.registries.values_list("name", flat=True)),
        "members": members,
    }


def _check_same_entity(organization: Organization, name: str) -> None:
    if name and name.lower() != organization.entity.name.lower():
        raise Conflict(
            f"the entity of {organization.name!r} is {organization.entity.name!r} "
            "and can't be changed."
        )


def _team(row: Row, place: str) -> Row:
    entity = Entity.objects.with_name(row["name"]).filter(kind=Entity.Kind.TEAM).first()
    team = entity.team if entity else None
    with _at(f"{place}.organization"):
        organization = _organization_of(team, row.get("organization", ""))
    status = UNCHANGED if team else CREATED
    if team is None:
        with _at(f"{place}.name"):
            team = create_team(by=None, organization=organization, name=row["name"])
    members = _members(
        row.get("members", []),
        place,
        roles=dict(team.members.values_list("user", "role")),
        give=lambda user, role: set_team_member(by=None, team=team, user=user, role=role),
    )
    return {
        "id": team.pk,
        "name": team.entity.name,
        "organization": organization.name,
        "status": _status(status, members),
        "members": members,
    }


def _organization_of(team: Team | None, name: str) -> Organization:
    """Return the organization of a team; without a name, the only organization that exists."""
    if not name and team:
        return team.organization
    rows = Organization.objects.with_name(name) if name else Organization.objects.all()[:2]
    organizations = list(rows)
    if not organizations:
        raise Invalid(f"there is no organization {name!r}." if name else "missing.")
    if len(organizations) > 1:
        raise Invalid("missing: there are several organizations.")
    if team and team.organization_id != organizations[0].pk:
        raise Conflict(
            f"the team belongs to {team.organization.name!r}; a team can't change organization."
        )
    return organizations[0]


def _members(
    rows: list[Row], place: str, *, roles: dict[int, str], give: Callable[[User, str], Any]
) -> list[Row]:
    """Give the people their roles, where they differ from those that they have."""
    answers = []
    for number, row in enumerate(rows):
        with _at(f"{place}.members[{number}].username"):
            user = user_of(row["username"])
        before = roles.get(user.pk)
        role = row.get("role") or before or "member"
        if role != before:
            give(user, role)
        status = UNCHANGED if role == before else UPDATED if before else CREATED
        answers.append({"username": user.username, "role": role, "status": status})
    return answers


def _status(status: str, *parts: list[Any]) -> str:
    """Return "updated" for a thing that existed if a part of it changed."""
    changed = [
        part
        for each in parts
        for part in each
        if not isinstance(part, dict) or part["status"] != UNCHANGED
    ]
    return UPDATED if changed and status == UNCHANGED else status
