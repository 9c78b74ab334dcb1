"""What a person may know of, as plain values: for statements that decide row by row.

`role_of` decides about one project; the querysets that take a `Sight` agree with it.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField, Expression, ExpressionWrapper, Q

from registry_site.accounts.permissions import ROLE_ACTIONS, Action, Role
from registry_site.accounts.roles import roles_of

if TYPE_CHECKING:
    from registry_site.accounts.models import User


class Sight(NamedTuple):
    """Where a person may do something. In a prepared read each field is a stand-in."""

    everywhere: Any  # whether the person is an admin of the server
    person: Any  # the person's own key
    organizations: Any  # keys of organizations that the person is in
    entities: Any  # keys of entities whose projects, registries included, allow it
    projects: Any  # keys of projects that allow it by a role of the person's own or of a team
    defaults: Any  # keys of org entities where a registry's default role counts
    capped: Any  # keys of org entities where it counts as Viewer at most

    def or_everywhere(self, condition: Q) -> Q:
        """Return the condition, or one that holds everywhere if the person's sight does."""
        return or_everywhere(self.everywhere, condition)


def or_everywhere(everywhere: Any, condition: Q) -> Q:
    """Return the condition, or one that always holds if `everywhere`, a truth or its stand-in."""
    if isinstance(everywhere, Expression):
        return condition | Q(ExpressionWrapper(everywhere, BooleanField()))
    return Q() if everywhere else condition


def sight_of(user: "User", action: Action = Action.READ) -> Sight:
    """Return where the person may do this."""
    roles = roles_of(user)
    may = {role for role, actions in ROLE_ACTIONS.items() if action in actions}
    in_organizations = roles.organization_entities.items()
    own = [pk for pk, role in roles.entities.items() if role in may]
    return Sight(
        everywhere=roles.is_server_admin,
        person=user.pk,
        organizations=list(roles.organizations),
        entities=own + [pk for pk, role in in_organizations if role == Role.ADMIN],
        projects=[
            pk for pk, grants in roles.projects.items() if any(g.role in may for g in grants)
        ],
        defaults=[pk for pk, role in in_organizations if role == Role.MEMBER],
        capped=[pk for pk, role in in_organizations if role == Role.VIEWER],
    )
