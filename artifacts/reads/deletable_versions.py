"""Selections of versions to delete: all but the newest, all but protected ones, and so on."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from artifacts.models import Alias, Collection, Membership, Version, VersionTag


def old_versions(versions: QuerySet[Version], keep_newest: int) -> QuerySet[Version]:
    """Return a sequence's versions without the `keep_newest` newest."""
    if not keep_newest:
        return versions
    newest = versions.order_by("-version_index").values_list("version_index", flat=True)
    last_kept = newest[keep_newest - 1 : keep_newest].first()
    return versions.none() if last_kept is None else versions.filter(version_index__lt=last_kept)


def versions_of(collection: Collection) -> QuerySet[Version]:
    """Return the committed versions of a sequence."""
    return Version.objects.committed().filter(sequence=collection)


def without(
    versions: QuerySet[Version], collection: Collection, savers: Iterable[str]
) -> QuerySet[Version]:
    """Return the versions that no saver saves: aliases (`latest`, too), tags or links."""
    live = Membership.objects.live()
    if "aliases" in savers:
        carried = live.filter(pk__in=Alias.objects.values("membership"), version=OuterRef("pk"))
        newest = live.filter(collection=collection).newest_first().values("version")[:1]
        versions = versions.exclude(Exists(carried)).exclude(pk__in=newest)
    if "tags" in savers:
        versions = versions.exclude(Exists(VersionTag.objects.filter(version=OuterRef("pk"))))
    if "links" in savers:
        memberships = live.filter(version=OuterRef("pk"))
        versions = versions.exclude(Exists(memberships.exclude(collection=F("version__sequence"))))
    return versions


def likely_refused(versions: QuerySet[Version]) -> QuerySet[Version]:
    """Return the versions, first those that are likely refused: with a link or an alias."""
    live = Membership.objects.live().filter(version=OuterRef("pk"))
    linked = live.exclude(collection=F("version__sequence"))
    with_alias = live.filter(pk__in=Alias.objects.values("membership"))
    marked = versions.annotate(is_special=Exists(linked) | Exists(with_alias))
    return marked.order_by("-is_special", "pk")
