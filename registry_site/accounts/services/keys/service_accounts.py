"""Service accounts: users of a team that log for it with an API key and have no login."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry_site.accounts.models import Entity, KeyHandover, Kind, Team, User, Verb
from registry_site.accounts.names import entity_name_like
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.keys.handover import create_key_to_show
from registry_site.accounts.services.members import join_team
from registry_site.accounts.services.people import create_entity, free_name
from registry_site.errors import Conflict, Invalid, NotFound

MAX_DESCRIPTION = 128


@transaction.atomic
def create_service_account(*, by: User, team: Team, description: str) -> User:
    """Make a service account of the team, with a key that its maker is shown once.

    Asking again before the key was shown returns the same account; after that Conflict is raised.
    """
    check(by, Action.MANAGE, team)
    description = description.strip()
    if not 0 < len(description) <= MAX_DESCRIPTION:
        raise Invalid(
            _("Say what the service account is for, in {n} characters at most.").format(
                n=MAX_DESCRIPTION
            )
        )
    earlier = team.service_accounts.filter(name=description, is_active=True).first()
    if earlier is not None:
        if KeyHandover.objects.filter(to=by, key__user=earlier).exists():
            return earlier
        raise Conflict(
            _("{team} has a service account “{name}” already.").format(team=team, name=description)
        )
    user = _create(by, team, description)
    join_team(by=by, team=team, user=user, role=Role.MEMBER)
    create_key_to_show(by=by, user=user, name=description)
    return user


def service_account_of(*, by: User, team: Team, username: str) -> User:
    """Return an open service account of the team for one of its admins, or raise NotFound."""
    check(by, Action.MANAGE, team)
    user = team.service_accounts.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise NotFound(
            _("{team} has no service account {name!r}.").format(team=team, name=username)
        )
    return user


def _create(by: User, team: Team, description: str) -> User:
    wish = entity_name_like(f"{team}-{slugify(description) or 'service'}", otherwise="service")
    entity = create_entity(name=free_name(wish), kind=Entity.Kind.USER)
    user = User(entity=entity, username=entity.name, name=description, service_of=team)
    user.set_unusable_password()
    user.save()
    record_event(
        by=by,
        verb=Verb.CREATE,
        kind=Kind.USER,
        subject=user.username,
        subject_id=user.pk,
        after={"service_of": str(team)},
    )
    return user
