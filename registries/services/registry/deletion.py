"""Deletes a registry, and says beforehand what would go with it."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Alias, Collection, Membership
from artifacts.services.paths.paths import leave_project_path
from artifacts.services.retention.holds import check_collections_not_held
from artifacts.services.usage.consumers import Consumers, consumers_within
from registries.models import Registry
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registries.services.registry.settings import read_settings
from registry_site.accounts.models import User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import forget_roles
from registry_site.errors import Conflict


@dataclass(frozen=True)
class RegistryContents:
    """Numbers of everything that goes with the registry, and who used it lately."""

    collection_count: int
    link_count: int
    alias_count: int
    protected: dict[str, int]  # how many versions have each protected alias
    in_trash_count: int  # links of versions in the trash
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


def delete_registry(*, by: User, registry: Registry) -> None:
    """Delete a registry with its collections and links; sources stay where they were logged.

    Raises Conflict for a core registry, and while something in it is on legal hold.
    """
    check_deletable(by=by, registry=registry)
    with transaction.atomic():
        _delete(by, lock_registry(registry))
    forget_roles(by)


def check_deletable(*, by: User, registry: Registry) -> None:
    """Raise as `delete_registry` does, without deleting anything."""
    check(by, Action.MANAGE, registry.project)
    if reason := delete_refusal(registry):
        raise Conflict(reason)
    portfolios = Collection.objects.filter(project=registry.project)
    check_collections_not_held(by=by, collections=portfolios, thing=registry.project)


def delete_refusal(registry: Registry) -> str:
    """Return why the registry is never deleted, "" where it can be."""
    if not registry.is_core:
        return ""
    return _("{registry} can't be deleted: it is a core registry of {organization}.").format(
        registry=registry.project, organization=registry.organization
    )


def _delete(by: User, registry: Registry) -> None:
    project = registry.project
    portfolios = Collection.objects.filter(project=project)
    locked = portfolios.select_for_update().order_by("pk")
    links = {each.name: each.version_count for each in locked}
    check_collections_not_held(by=by, collections=portfolios, thing=project)
    record_change(
        by, Verb.DELETE, registry, before=read_settings(registry) | {"collections": links}
    )
    leave_project_path(project, leads_on=False)
    # memberships of versions in the trash stay, to say where they were linked
    Membership.objects.live().filter(collection__project=project).delete()
    project.saved_views.all().delete()
    now = timezone.now()
    portfolios.update(deleted_at=now, deleted_by=by, version_count=0)
    registry.delete()
    project.name, project.deleted_at, project.deleted_by = project.name_when_deleted, now, by
    project.save(update_fields=["name", "deleted_at", "deleted_by", "updated_at"])
