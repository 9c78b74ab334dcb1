"""What a registry holds, and would take along if it were deleted."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from artifacts.models import Alias, Collection, Membership
from artifacts.services.usage.consumers import Consumers, consumers_within
from registries.models import Registry
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check


@dataclass(frozen=True)
class RegistryContents:
    """Numbers of all that goes, and who used it lately."""

    collection_count: int
    link_count: int
    alias_count: int
    protected: dict[str, int]  # alias -> on how many versions
    in_trash_count: int  # links of versions that could still be restored
    consumers: Consumers

    @property
    def protected_count(self) -> int:
        return sum(self.protected.values())


def registry_contents(*, by: User, registry: Registry) -> RegistryContents:
    """Return what goes with the registry; as many queries for any number of rows."""
    check(by, Action.MANAGE, registry.project)
    project = registry.project
    collections = Collection.objects.filter(project=project)
    counts = collections.aggregate(n=Count("pk"), links=Sum("version_count", default=0))
    aliases = Alias.objects.filter(collection__project=project)
    protected = project.protected_alias_names
    meant = aliases.meant_by(protected).values_list("name").annotate(n=Count("pk")).order_by("name")
    places = Membership.objects.filter(collection__in=collections)
    return RegistryContents(
        collection_count=counts["n"],
        link_count=counts["links"],
        alias_count=aliases.count(),
        protected={name: n for name, n in meant if name in protected},
        in_trash_count=places.filter(version__deleted_at__isnull=False).count(),
        consumers=consumers_within(by=by, project=project),
    )
