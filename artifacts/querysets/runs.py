"""Named reads of runs."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from registry_site.accounts.permissions import Action


def is_deleted_run(prefix: str = "") -> Q:
    """Where the run was deleted, by itself or with its project; `prefix` leads to it: `run__`."""
    return Q(**{f"{prefix}deleted_at__isnull": False}) | Q(
        **{f"{prefix}project__deleted_at__isnull": False}
    )


class RunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Runs of projects that the person may know of."""
        projects = apps.get_model("artifacts", "Project").objects.visible_to(user)
        return self.filter(project__in=projects)

    def traceable_by(self, user: Any) -> Self:
        """Also deleted runs that the person might know of if they were still there."""
        projects = apps.get_model("artifacts", "Project").objects
        return self.filter(project__in=projects.permitting_until_deletion(Action.READ, user))

    def with_state_now(self) -> Self:
        """Runs that can be filtered by `state_now`, which takes long silence for an end."""
        run = apps.get_model("artifacts", "Run")
        limit = timezone.now() - run.SILENCE
        silent = [
            When(state=state, heartbeat_at__lt=limit, then=Value(after))
            for state, after in run.AFTER_SILENCE.items()
        ]
        return self.alias(state_now=Case(*silent, default=F("state")))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def listed(self) -> Self:
        """Without what may be long and no list shows."""
        return self.defer("config", "summary", "history_keys", "system_metrics", "notes")

    def for_path(self) -> Self:
        """With what addresses and roles of a run need, joined."""
        return self.select_related(
            "user", "project__entity__organization", "project__entity__team__organization"
        )

    def for_api(self) -> Self:
        """With what the SDK asks of each: fewer joins than a page needs."""
        return self.select_related("user", "project__entity")
