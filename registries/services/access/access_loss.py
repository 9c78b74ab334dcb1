"""Who would no longer see a registry if only its members could."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from artifacts.models import Download, ProjectMember, RunInput
from registries.models import Registry
from registry_site.accounts.models import OrganizationMember, User
from registry_site.accounts.permissions import Action, Role, check

DAYS = 30
_SHOWN = 10


@dataclass(frozen=True)
class AccessLoss:
    """How many people would lose access, the first of them by name, and how many used it lately."""

    count: int
    recent_count: int  # those of them who used or downloaded something lately
    people: list[User]

    @property
    def more(self) -> int:
        return self.count - len(self.people)


def access_loss_of(*, by: User, registry: Registry) -> AccessLoss:
    """Return who sees the registry now and would not if it were restricted."""
    check(by, Action.MANAGE, registry.project)
    people = _without_own_role(registry)
    since = timezone.now() - timedelta(days=DAYS)
    downloads = Download.objects.filter(
        collection__project=registry.project_id, last_at__gte=since, user=OuterRef("pk")
    )
    uses = RunInput.objects.filter(
        project=registry.project_id, created_at__gte=since, run__user=OuterRef("pk")
    )
    return AccessLoss(
        count=people.count(),
        recent_count=people.filter(Exists(downloads) | Exists(uses)).count(),
        people=list(people.order_by("username")[:_SHOWN]),
    )


def _without_own_role(registry: Registry) -> QuerySet:
    """Return people who see the registry only because they are in its organization."""
    inside = OrganizationMember.objects.filter(organization=registry.organization_id)
    own = ProjectMember.objects.filter(project=registry.project_id)
    people = User.objects.filter(
        pk__in=inside.exclude(role=Role.ADMIN).values("user"), is_active=True, is_admin=False
    )
    return people.exclude(pk__in=own.filter(user__isnull=False).values("user")).exclude(
        pk__in=own.filter(team__isnull=False).values("team__members__user")
    )
