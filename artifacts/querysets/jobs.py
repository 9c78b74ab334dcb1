"""Named reads of jobs."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from registry_site.accounts.permissions import Action
from registry_site.accounts.roles import roles_of

if TYPE_CHECKING:
    from registry_site.accounts.models import User


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Jobs that the person started, and all jobs in projects that they administer."""
        if roles_of(user).is_server_admin:
            return self
        projects = apps.get_model("artifacts", "Project").objects.permitting(Action.MANAGE, user)
        return self.filter(Q(by=user.pk) | Q(project__in=projects))

    def open(self) -> Self:
        return self.filter(state__in=self.model.OPEN)  # type: ignore[attr-defined]  # Job

    def for_page(self) -> Self:
        """Jobs joined with what their pages and the checks of rights need."""
        return self.select_related(
            "by",
            "undoes",
            "undone_by",
            "project__entity__user",
            "project__entity__organization",
            "project__entity__team__organization",
        )


class JobItemQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def done(self) -> Self:
        return self.filter(state="done")

    def refused(self) -> Self:
        return self.filter(state="refused")
