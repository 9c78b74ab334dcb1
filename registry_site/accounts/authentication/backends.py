"""Finds who sends a request of a browser: the person together with their roles."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import OuterRef, QuerySet

from registry_site.accounts.models import User
from registry_site.accounts.roles import roles_for, roles_from
from registry_site.queries.prepared import prepared


class PeopleWithRoles(ModelBackend):
    """Django's backend, which reads a person and all their roles in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, or None where the account is closed or gone."""
        for user in _people(user_id):
            user.roles = roles_from(user, user.role_rows)
            return user
        return None


@prepared
def _people(pk: Any) -> QuerySet:
    people = User.objects.filter(pk=pk, is_active=True)
    return people.annotate(role_rows=roles_for(OuterRef("pk")))
