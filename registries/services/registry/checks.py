"""Which names, roles, types and visibilities a registry may have."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import Project
from registries.models import Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import check_type_name, unavailable
from registry_site.accounts.permissions import Action, Role, can
from registry_site.errors import Conflict, Invalid

DEFAULT_ROLES = [Role.RESTRICTED_VIEWER, Role.VIEWER, Role.MEMBER]  # for people who are no members


def check_access(access: str) -> str:
    """Return the visibility, or raise Invalid for an unknown one."""
    if access not in Project.Access.values:
        raise Invalid(
            _("{value!r} is not a visibility: give organization or restricted.").format(
                value=access
            )
        )
    return access


def check_default_role(role: str) -> str:
    """Return a role that everyone in the organization may have, or raise Invalid."""
    if role not in DEFAULT_ROLES:
        raise Invalid(
            _("{role!r} is not a default role: give restricted_viewer, viewer or member.").format(
                role=role[:40]
            )
        )
    return role


def check_types(names: Collection[str]) -> list[str]:
    """Return the types that a registry accepts, once each; raises Invalid for none at all."""
    if not names:
        raise Invalid(_("Name at least one artifact type, or let the registry accept all types."))
    return [check_type_name(name) for name in dict.fromkeys(names)]


def check_free(
    by: User | None, organization: Organization, name: str, *, besides: Registry | None = None
) -> None:
    """Raise Conflict where another registry of the organization has the name.

    Raises Invalid, as for reserved names, where the person may not see that one.
    """
    registries = organization.registries.filter(name__iexact=name).select_related("project")
    taken = registries.first()
    if taken is None or taken == besides:
        return
    if by is not None and not can(by, Action.READ, taken.project):
        raise unavailable(name)
    raise Conflict(
        _("{organization} already has a registry {name!r}; choose another name.").format(
            organization=organization, name=taken.name
        )
    )


@contextmanager
def taking_name(by: User | None, organization: Organization, name: str) -> Iterator[None]:
    """Save a name inside; raise as `check_free` does where another request took it a moment ago."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        check_free(by, organization, name)
        raise unavailable(name) from error
