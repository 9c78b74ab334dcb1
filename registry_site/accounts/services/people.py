"""People, organizations and teams come into being here, and get their roles."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry_site.accounts.models import (
    MEMBER_ROLES,
    THEMES,
    Entity,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from registry_site.accounts.names import check_display_name, check_entity_name
from registry_site.accounts.permissions import Action, Role, can, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Denied, Invalid


def check_server_admin(by: User | None) -> None:
    """Raise Denied unless `by` administers the server; None stands for the operator's shell."""
    if by is not None and not by.is_admin:
        raise Denied(_("Only an admin of this server can add people and organizations."))


@transaction.atomic
def create_user(
    *, by: User | None, username: str, email: str = "", password: str = "", is_admin: bool = False
) -> User:
    """Make a person with their personal entity; without a password they can't log in by form."""
    check_server_admin(by)
    check_email(email)
    entity = create_entity(name=username, kind=Entity.Kind.USER)
    user = User(entity=entity, username=username, email=email, is_admin=is_admin)
    set_password(user, password)
    user.save()
    record_event(by=by, verb="create", kind="user", subject=username, subject_id=user.pk)
    return user


@transaction.atomic
def add_person(
    *, by: User | None, organization: Organization | None, role: str, **fields: Any
) -> User:
    """Make a person who has a place in an organization from the start, if one is given."""
    user = create_user(by=by, **fields)
    if organization is not None:
        set_organization_member(by=by, organization=organization, user=user, role=role)
    return user


def user_of(username: str) -> User:
    """Return the person of this name, or raise Invalid; for those who give roles by name."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise Invalid(_("There is no person {username!r} here.").format(username=username))
    return user


def check_email(email: str) -> None:
    """Raise Invalid for what is no e-mail address; none at all is fine."""
    try:
        if email:
            User._meta.get_field("email").run_validators(email)
    except ValidationError as error:
        raise Invalid(_("{email!r} is not an e-mail address.").format(email=email)) from error


def set_password(user: User, password: str) -> None:
    """Set, but don't save, a password; an empty one closes the login form for this person."""
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
        Organization.objects.named(name).first()
        or Organization.objects.named(entity_name or name).first()
    )
    if taken:
        raise Conflict(_("There already is an organization {name!r}.").format(name=taken.name))
    if not entity_name:
        entity_name = slugify(name)[:60].strip("-") or "organization"
        if Entity.objects.named(entity_name).exists():
            entity_name += "-org"
    entity = create_entity(name=entity_name, kind=Entity.Kind.ORGANIZATION)
    organization = Organization.objects.create(entity=entity, name=name)
    record_event(
        by=by, verb="create", kind="organization", subject=name, subject_id=organization.pk
    )
    return organization


@transaction.atomic
def create_team(*, by: User | None, organization: Organization, name: str) -> Team:
    """Make a team; whoever makes it becomes its admin. Any member of the organization may."""
    if by is not None:
        check(by, Action.EDIT, organization)
    entity = create_entity(name=name, kind=Entity.Kind.TEAM)
    team = Team.objects.create(entity=entity, organization=organization)
    record_event(by=by, verb="create", kind="team", subject=name, subject_id=team.pk)
    if by is not None and organization.pk in by.standing.organizations:
        TeamMember.objects.create(team=team, user=by, role=Role.ADMIN)
        forget_standing(by)
    return team


@transaction.atomic
def set_organization_member(
    *, by: User | None, organization: Organization, user: User, role: str
) -> OrganizationMember:
    """Give a person a role in the organization; an admin of it may."""
    if by is not None:
        check(by, Action.MANAGE, organization)
    member, _created = OrganizationMember.objects.update_or_create(
        organization=organization, user=user, defaults={"role": _check_role(role)}
    )
    record_event(
        by=by, verb="set_role", kind="organization", subject=organization.name,
        subject_id=organization.pk, after={"user": user.username, "role": role},
    )  # fmt: skip
    forget_standing(user)
    return member


@transaction.atomic
def set_team_member(*, by: User | None, team: Team, user: User, role: str) -> TeamMember:
    """Give a person a role in the team, and a place in its organization if they have none."""
    if by is not None:
        check(by, Action.MANAGE, team)
    member, _created = TeamMember.objects.update_or_create(
        team=team, user=user, defaults={"role": _check_role(role)}
    )
    OrganizationMember.objects.get_or_create(
        organization=team.organization, user=user, defaults={"role": Role.MEMBER}
    )
    record_event(
        by=by, verb="set_role", kind="team", subject=str(team), subject_id=team.pk,
        after={"user": user.username, "role": role},
    )  # fmt: skip
    forget_standing(user)
    return member


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


def set_default_entity(*, by: User, name: str) -> None:
    """Set where the person's scripts log when they name no entity; "" for the rule's own choice."""
    if not name:
        by.default_entity = None
    else:
        entity = Entity.objects.named(name).visible_to(by).first()
        if entity is None or entity.kind == Entity.Kind.ORGANIZATION:
            raise Invalid(_("{name!r} is not a team of yours.").format(name=name))
        check(by, Action.EDIT, entity)
        by.default_entity = entity
    by.save(update_fields=["default_entity"])


def default_entity_of(user: User) -> Entity:
    """Return where a script logs that names no entity (rule 14 of the product)."""
    chosen = user.default_entity
    if chosen is not None and can(user, Action.EDIT, chosen):
        return chosen
    return automatic_entity_of(user)


def automatic_entity_of(user: User) -> Entity:
    """Return the team joined first among those where the user may log, else the personal entity."""
    standing = user.standing
    for team, role in standing.teams.items():
        if role in (Role.ADMIN, Role.MEMBER):
            return Entity.objects.get(pk=standing.team_entities[team])
    return user.entity


def create_entity(*, name: str, kind: str) -> Entity:
    """Take a name in the one namespace, or raise Conflict where somebody has it."""
    check_entity_name(name)
    try:
        with transaction.atomic():
            return Entity.objects.create(name=name, kind=kind)
    except IntegrityError as error:
        raise Conflict(
            _("The name {name!r} is taken: users, teams and organizations share one list of names.")
            .format(name=name)
        ) from error  # fmt: skip


def forget_standing(user: User) -> None:
    """Make the next question about this person's roles read them again."""
    user.__dict__.pop("standing", None)


def _check_role(role: str) -> str:
    if role not in {value for value, _label in MEMBER_ROLES}:
        raise Invalid(_("{role!r} is no role: give admin, member or viewer.").format(role=role))
    return role
