"""Creates people, organizations and teams, and sets what belongs to their accounts."""

import itertools
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry_site.accounts.models import (
    THEMES,
    Entity,
    Kind,
    Organization,
    OrganizationMember,
    Team,
    User,
    Verb,
)
from registry_site.accounts.names import (
    RESERVED,
    check_display_name,
    check_email,
    check_entity_name,
    entity_name_like,
    unavailable,
)
from registry_site.accounts.permissions import Action, Role, can, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.invitations import confirm_email
from registry_site.accounts.services.members import (
    check_belongs,
    join_team,
    set_organization_member,
)
from registry_site.errors import Conflict, Denied, Invalid


def check_server_admin(by: User | None) -> None:
    """Raise Denied unless `by` administers the server; None stands for the operator's shell."""
    if by is not None and not by.is_admin:
        raise Denied(_("Only an admin of this server can add people and organizations."))


@transaction.atomic
def create_user(
    *,
    by: User | None,
    username: str,
    email: str = "",
    password: str = "",
    is_admin: bool = False,
    is_confirmed: bool = True,
) -> User:
    """Make a person with their personal entity; without a password they can't log in by form.

    Invitations of a confirmed address are the person's to accept or decline.
    """
    check_server_admin(by)
    check_email(email)
    entity = create_entity(name=username, kind=Entity.Kind.USER)
    user = User(entity=entity, username=username, email=email, is_admin=is_admin)
    set_password(user, password)
    user.save()
    record_event(by=by, verb=Verb.CREATE, kind=Kind.USER, subject=username, subject_id=user.pk)
    if email and is_confirmed:
        confirm_email(user)
    return user


@transaction.atomic
def create_user_by_email(*, by: User, email: str, is_admin: bool = False) -> User:
    """Make a person known by an e-mail address, from which their username is made.

    Asking again for the same person returns them; raises Conflict where the address is another's.
    """
    check_server_admin(by)
    if not email:
        raise Invalid(_("Give the e-mail address of the person."))
    earlier = User.objects.filter(email__lower=Lower(Value(email))).first()
    if earlier is None:
        name = free_name(entity_name_like(email.partition("@")[0], otherwise="user"))
        return create_user(by=by, username=name, email=email, is_admin=is_admin)
    if not earlier.email_is_confirmed or not earlier.is_active or earlier.is_admin != is_admin:
        raise Conflict(
            _("{username} has the e-mail address {email}; this changes nobody who is here.").format(
                username=earlier, email=email
            )
        )
    return earlier


@transaction.atomic
def add_person(
    *, by: User | None, organization: Organization | None, role: str, **fields: Any
) -> User:
    """Make a person, with a role in an organization if one is given."""
    user = create_user(by=by, **fields)
    if organization is not None:
        set_organization_member(by=by, organization=organization, user=user, role=role)
    return user


def user_of(username: str) -> User:
    """Return the person of this name, or raise Invalid; for operations that give roles by name."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise Invalid(_("There is no person {username!r} here.").format(username=username))
    return user


def set_password(user: User, password: str) -> None:
    """Set a password without saving the row; an empty one closes the login form for this person."""
    if not password:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    user.set_password(password)


@transaction.atomic
def create_organization(*, by: User | None, name: str, entity_name: str = "") -> Organization:
    """Make an organization and its org entity: the slug of its name, `-org` added on a clash."""
    check_server_admin(by)
    check_display_name(name)
    taken = (
        Organization.objects.with_name(name).first()
        or Organization.objects.with_name(entity_name or name).first()
    )
    if taken:
        raise Conflict(_("There already is an organization {name!r}.").format(name=taken.name))
    if not entity_name:
        entity_name = slugify(name)[:60].strip("-") or "organization"
        if Entity.objects.with_name(entity_name).exists():
            entity_name += "-org"
    entity = create_entity(name=entity_name, kind=Entity.Kind.ORGANIZATION)
    organization = Organization.objects.create(entity=entity, name=name)
    record_event(
        by=by, verb=Verb.CREATE, kind=Kind.ORGANIZATION, subject=name, subject_id=organization.pk
    )
    return organization


@transaction.atomic
def create_team(
    *, by: User | None, organization: Organization, name: str, admin: User | None = None
) -> Team:
    """Make a team; its admin is `by`, or the member of the organization whom `by` names.

    Any member of the organization may; a server admin from outside of it doesn't join. Raises
    Invalid where the named admin could join only by accepting an invitation.
    """
    if by is not None:
        check(by, Action.EDIT, organization)
    entity = create_entity(name=name, kind=Entity.Kind.TEAM, by=by)
    team = Team.objects.create(entity=entity, organization=organization)
    record_event(by=by, verb=Verb.CREATE, kind=Kind.TEAM, subject=name, subject_id=team.pk)
    if admin is None and by is not None and organization.pk in by.roles.organizations:
        admin = by
    if admin is not None:
        if by is not None:
            check_belongs(by=by, team=team, user=admin)
        join_team(by=by, team=team, user=admin, role=Role.ADMIN)
    return team


def only_organization_of(by: User) -> Organization:
    """Return the organization of the person's new team if they name none.

    It is the one to which they belong. A server admin who belongs to none gets the server's only
    organization. Raises Invalid where there are several.
    """
    home = Organization.objects.home_to(by)
    permitted = Organization.objects.permitting(Action.EDIT, by).order_by("name")
    choices = list(permitted.home_to(by)[:5]) or list(home[:1]) or list(permitted[:5])
    if not choices:
        raise Denied(
            _("A team belongs to an organization and you are in none: ask an admin to add you.")
        )
    if len(choices) > 1:
        raise Invalid(
            _(
                "You may make teams in several organizations ({names}): choose one on the page "
                "/settings/teams/new, or give `organizationId`."
            ).format(names=", ".join(organization.name for organization in choices))
        )
    return choices[0]


def home_of(user: User) -> Organization | None:
    """Return the one organization that the person belongs to; None for none and for several."""
    home = list(Organization.objects.home_to(user).select_related("entity")[:2])
    return home[0] if len(home) == 1 else None


def set_preferences(*, by: User, language: str | None = None, theme: str | None = None) -> None:
    """Set the person's own language ("" follows the browser) and theme ("" follows the system)."""
    languages = ["", *(code for code, _label in settings.LANGUAGES)]
    themes = [name for name, _label in THEMES]
    for name, value, allowed in (("language", language, languages), ("theme", theme, themes)):
        if value is not None and value not in allowed:
            raise Invalid(_("{value!r} is not one of the choices.").format(value=value))
        if value is not None:
            setattr(by, name, value)
    by.save(update_fields=["language", "theme"])


@transaction.atomic
def set_default_entity(*, by: User, name: str) -> None:
    """Set where the person's scripts log when they name no entity; "" for the automatic choice."""
    entity = None
    if name:
        entity = Entity.objects.with_name(name).visible_to(by).first()
        if entity is None or entity.kind == Entity.Kind.ORGANIZATION:
            raise Invalid(_("{name!r} is not a team of yours.").format(name=name))
        check(by, Action.EDIT, entity)
    if entity == by.default_entity:
        return
    record_event(
        by=by,
        verb=Verb.SET_DEFAULT_ENTITY,
        kind=Kind.USER,
        subject=by.username,
        subject_id=by.pk,
        before=by.default_entity and by.default_entity.name,
        after=entity and entity.name,
    )
    by.default_entity = entity
    by.save(update_fields=["default_entity"])


def default_entity_of(user: User) -> Entity:
    """Return the entity to which a script logs that names none (rule 14 of the product)."""
    chosen = user.default_entity
    if chosen is not None and can(user, Action.EDIT, chosen):
        return chosen
    return automatic_entity_of(user)


def automatic_entity_of(user: User) -> Entity:
    """Return the team that the user joined first, of those to which they may log.

    Only teams of the user's own organizations count, none of those where the user is a guest:
    nobody else's act moves where a script logs to another organization. Without such a team it is
    the personal entity.
    """
    teams = user.roles.teams
    may = [team for team, role in teams.items() if role in (Role.ADMIN, Role.MEMBER)]
    own = OrganizationMember.objects.filter(user=user, is_guest=False).values("organization")
    rows = Entity.objects.filter(team__in=may, team__organization__in=own).select_related("team")
    entities = {entity.team.pk: entity for entity in rows} if may else {}
    return next((entities[team] for team in may if team in entities), user.entity)


def create_entity(*, name: str, kind: str, by: User | None = None) -> Entity:
    """Return a new entity of this name, or raise Conflict where the name is taken.

    Raises Invalid, as for reserved names, where `by` may not see who has it.
    """
    check_entity_name(name)
    try:
        with transaction.atomic():
            return Entity.objects.create(name=name, kind=kind)
    except IntegrityError as error:
        if by is not None and not Entity.objects.visible_to(by).with_name(name).exists():
            raise unavailable(name) from error
        raise Conflict(
            _(
                "The name {name!r} is taken: users, teams and organizations share one list of "
                "names."
            ).format(name=name)
        ) from error


def free_name(wish: str) -> str:
    """Return the wish, or the wish with the first number behind it that makes it a free name."""
    names = Entity.objects.filter(name__istartswith=wish).values_list("name", flat=True)
    taken = RESERVED | {name.lower() for name in names}
    numbered = (f"{wish}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([wish], numbered) if name.lower() not in taken)
