"""Named reads of collections and of memberships in them."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.lookups import Exact

from registry_site.accounts import alias_names
from registry_site.accounts.names import is_version_number
from registry_site.accounts.permissions import Action

if TYPE_CHECKING:
    from registry_site.accounts.models import User


LATEST = alias_names.LATEST
NUMBER = re.compile(r"v(0|[1-9][0-9]{0,9})")
_MOST_READ = 500  # aliases that names and patterns may cover


def alias_in(reference: str) -> str:
    """Return what of a reference moves: an alias, or `latest`; "" of a number."""
    return "" if NUMBER.fullmatch(reference) else reference


class CollectionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Collections of projects that the person may know of."""
        return self.permitting(Action.READ, user)

    def permitting(self, action: Action, user: "User") -> Self:
        """Collections of projects in which the person may do this."""
        projects = apps.get_model("artifacts", "Project").objects.permitting(action, user)
        return self.filter(project__in=projects)

    def at(self, entity_name: str, project_name: str, name: str) -> Self:
        """The collection at `{entity}/{project}/{collection}`."""
        return self.filter(
            project__entity__name__lower=entity_name.lower(), project__name=project_name, name=name
        )

    def for_path(self) -> Self:
        """With what names, addresses and roles of a collection need, joined."""
        return self.select_related(
            "artifact_type", "project__entity__organization", "project__entity__team__organization"
        )

    def for_api(self) -> Self:
        """With what the SDK asks of each: fewer joins than a page needs."""
        return self.select_related("artifact_type", "project__entity")

    def listed(self) -> Self:
        """Without sequences of which no version was ever committed (a log that failed)."""
        return self.exclude(kind="sequence", next_index=0)

    def matching(self, text: str) -> Self:
        """Collections whose name or tag has this text in it."""
        if not text:
            return self
        tagged = apps.get_model("artifacts", "CollectionTag").objects.filter(name__icontains=text)
        return self.filter(Q(name__icontains=text) | Q(pk__in=tagged.values("collection")))

    def with_newest(self) -> Self:
        """Annotate `newest_id`, the primary key of the newest live membership."""
        memberships = apps.get_model("artifacts", "Membership").objects
        newest = memberships.filter(collection=OuterRef("pk")).live().order_by("-index")
        return self.annotate(newest_id=Subquery(newest.values("pk")[:1]))


class MembershipQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Memberships of versions that are not in the trash."""
        return self.filter(hidden_at__isnull=True)

    def visible_to(self, user: "User") -> Self:
        """Live memberships in collections of projects that the person may know of."""
        return self.permitting(Action.READ, user)

    def traceable_by(self, user: "User") -> Self:
        """Also memberships of deleted versions, and in deleted projects, that they might know.

        Without those that ended with their collection: what became of the version afterwards is
        no longer told through them.
        """
        projects = apps.get_model("artifacts", "Project").objects
        may = projects.permitting_until_deletion(Action.READ, user)
        return self.filter(collection__project__in=may, hidden_with_collection=False)

    def permitting(self, action: Action, user: "User") -> Self:
        """Live memberships in projects in which the person may do this."""
        projects = apps.get_model("artifacts", "Project").objects.permitting(action, user)
        return self.live().filter(collection__project__in=projects)

    def newest_first(self) -> Self:
        return self.order_by("-index")

    def newest_visible_to(self, user: "User", count: int) -> Self:
        """The last memberships made that the person may see, as rows of a table.

        Their keys come first: with all the joins of a row a database sorts every membership.
        """
        keys = self._seen_one_by_one(user).order_by("-pk").values_list("pk", flat=True)[:count]
        return self.filter(pk__in=list(keys)).for_row().order_by("-pk")

    def of_newest_versions(self, user: "User", count: int) -> Self:
        """All memberships that the person may see of the versions that last got one, newest first.

        Keys come first here, too. A version that was just put into more than ten memberships leaves
        room for fewer others.
        """
        seen = self._seen_one_by_one(user)
        last = seen.order_by("-pk").values_list("version_id", flat=True)[: 10 * count]
        versions = list(dict.fromkeys(last))[:count]
        memberships = seen.filter(version__in=versions).for_path().marking_newest()
        memberships = memberships.select_related("created_by").prefetch_related(
            aliases_with_events()
        )
        return memberships.order_by("-pk")

    def _seen_one_by_one(self, user: "User") -> Self:
        """As `visible_to`, asked of each membership in turn: for the first few of a long list."""
        collections = apps.get_model("artifacts", "Collection").objects.visible_to(user)
        return self.live().filter(Exists(collections.filter(pk=OuterRef("collection_id"))))

    def called(self, reference: str) -> Self:
        """The live membership that `v3`, `latest`, "" or an alias names in the collection."""
        live = self.live()
        if reference in {"", LATEST}:
            return live.order_by("-index")[:1]
        if number := NUMBER.fullmatch(reference):
            return live.filter(index=int(number[1]))
        return live.filter(aliases__name=reference)

    def at(self, entity_name: str, project_name: str, name: str) -> Self:
        """The live membership at `{entity}/{project}/{collection}:{reference}`."""
        collection, _colon, reference = name.partition(":")
        return self.filter(
            collection__project__entity__name__lower=entity_name.lower(),
            collection__project__name=project_name,
            collection__name=collection,
        ).called(reference)

    def for_row(self) -> Self:
        """With what one row of a table of versions shows: aliases, tags, source, who, run."""
        rows = self.for_path().with_aliases().prefetch_related("version__tags")
        return rows.select_related(
            "version__run__project__entity__organization", "version__created_by", "created_by"
        )

    def for_page(self) -> Self:
        """With what the page of one version says of the membership itself."""
        rows = self.with_aliases().for_path()
        return rows.select_related("version__created_by", "created_by")

    def for_path(self) -> Self:
        """With what names, addresses and roles of a membership need, joined."""
        return self.select_related(
            "collection__artifact_type",
            "collection__project__entity__organization",
            "collection__project__entity__team__organization",
            "version__sequence__artifact_type",
            "version__sequence__project__entity__organization",
            "version__sequence__project__entity__team__organization",
        )

    def for_api(self) -> Self:
        """With what the SDK asks of each: fewer joins than a page needs."""
        return self.select_related(
            "collection__artifact_type",
            "collection__project__entity",
            "version__sequence__artifact_type",
            "version__sequence__project__entity",
        )

    def with_aliases(self) -> Self:
        """With the aliases, and `is_newest` for the membership that `latest` names."""
        return self.marking_newest().prefetch_related(aliases_with_events())

    def marking_newest(self) -> Self:
        """Annotate `is_newest`: whether `latest` names this membership."""
        return self.annotate(is_newest=Exact(F("index"), newest_index()))

    def for_list(self) -> Self:
        """With the version; `fill_memberships` gives a list what else the SDK asks of each."""
        return self.marking_newest().select_related("version")

    def matching(self, text: str) -> Self:
        """Memberships whose number, alias or version tag has this text in it."""
        if not text:
            return self
        # subqueries, not joins: a join would have to sort all that match before the first page
        aliases = apps.get_model("artifacts", "Alias").objects.filter(name__icontains=text)
        tags = apps.get_model("artifacts", "VersionTag").objects.filter(name__icontains=text)
        condition = Q(pk__in=aliases.values("membership")) | Q(version__in=tags.values("version"))
        if number := NUMBER.fullmatch(text):
            condition |= Q(index=int(number[1]))
        return self.filter(condition)


class AliasQuerySet(models.QuerySet):
    def readable(self) -> Self:
        """Without older ones that the SDK takes for numbers, which only Python can tell."""
        beginning_with_v = self.filter(name__startswith="v").values_list("pk", "name")
        return self.exclude(pk__in=[pk for pk, name in beginning_with_v if is_version_number(name)])

    def meant_by(self, names: Iterable[str]) -> Self:
        """Aliases of these names, whatever their capitals.

        Of `AliasNames` also what its patterns cover, and perhaps a few more: whoever goes through
        them asks the names once more.
        """
        spelled = [Q(name__iexact=name) for name in names]
        patterns = getattr(names, "patterns", [])
        return self.filter(reduce(or_, [*spelled, *map(_covered, patterns)], Q(pk__in=[])))

    def among(self, names: alias_names.AliasNames) -> list[Any]:
        """Return the aliases that these names and patterns cover, by name; at most so many."""
        aliases: Iterable[Any] = self.meant_by(names).order_by("name")[:_MOST_READ]
        return [alias for alias in aliases if alias.name in names]


def _covered(pattern: str) -> Q:
    """What begins and ends as the pattern does, and has what stands between."""
    first, *middle, last = pattern.split(alias_names.ANY)
    covered = Q(name__istartswith=first) & Q(name__iendswith=last)
    return reduce(and_, (Q(name__icontains=part) for part in middle), covered)


def aliases_with_events() -> Prefetch:
    """The aliases of a membership, each with the change that put it there, in one query."""
    aliases = apps.get_model("artifacts", "Alias").objects
    return Prefetch("aliases", queryset=aliases.select_related("event"))


def newest_index() -> Subquery:
    """The highest number in a membership's collection, of the live ones.

    Not asked as "is there no newer one": PostgreSQL would read all the memberships to answer that.
    """
    live = apps.get_model("artifacts", "Membership").objects.live()
    newest = live.filter(collection=OuterRef("collection")).order_by("-index")
    return Subquery(newest.values("index")[:1])


_Collections = models.Manager.from_queryset(CollectionQuerySet)


class LiveCollections(_Collections):
    """A deleted collection stays as a row: its name goes on with the numbers that it gave."""

    def get_queryset(self) -> CollectionQuerySet:
        return CollectionQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)
