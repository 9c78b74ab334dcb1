"""Organizations and teams always keep an admin."""

from django.utils.translation import gettext as _

from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.permissions import Role
from registry_site.errors import Conflict


def is_only_admin(place: Organization | Team, user: User) -> bool:
    """Return whether the place would have no admin left; service accounts don't count."""
    admins = place.members.filter(role=Role.ADMIN, user__is_active=True)
    others = admins.exclude(user=user).filter(user__service_of=None)
    return admins.filter(user=user).exists() and not others.exists()


def lock_place(place: Organization | Team) -> None:
    """Lock the place until the transaction ends, so that its members change one after the other."""
    type(place).objects.select_for_update().filter(pk=place.pk).values_list("pk").first()


def keep_an_admin(place: Organization | Team, user: User, role: str = "") -> None:
    """Raise Conflict where the place would have no admin without this person's Admin role.

    Locks the place, so that two admins can't take each other's role at the same moment.
    """
    if role == Role.ADMIN:
        return
    lock_place(place)
    if is_only_admin(place, user):
        raise Conflict(
            _("{user} is the only admin of {place}: make somebody else its admin first.").format(
                user=user, place=place
            )
        )
