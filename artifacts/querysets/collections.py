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
from registry_site.accounts.sight import Sight

if TYPE_CHECKING:
    from registry_site.accounts.models import User


LATEST = alias_names.LATEST
NUMBER = re.compile(r"v(0|[1-9][0-9]{0,9})")


def alias_in(reference: str) -> str:
    """Return the reference if it is an alias or `latest`, which can move; "" for a number."""
    return "" if NUMBER.fullmatch(reference) else reference


class CollectionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Collections of projects that the person may know of."""
        return self.permitting(Action.READ, user)

    def in_sight(self, sight: Sight) -> Self:
        """Collections of `visible_to`, for a sight or for stand-ins."""
        projects = apps.get_model("artifacts", "Project").objects.in_sight(sight)
        return self.filter(project__in=projects)

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
        """Collections joined with what names, addresses and roles need."""
        return self.select_related(
            "artifact_type", "project__entity__organization", "project__entity__team__organization"
        )

    def for_api(self) -> Self:
        """Collections joined with what the SDK asks for, which is less than a page needs."""
        return self.select_related("artifact_type", "project__entity")

    def listed(self) -> Self:
        """Collections without sequences that never had a committed version (a failed log)."""
        return self.exclude(kind="sequence", next_index=0)

    def matching(self, text: str) -> Self:
        """Collections whose name or tag has this text in it."""
        if not text:
            return self
        tagged = apps.get_model("artifacts", "CollectionTag").objects.filter(name__icontains=text)
        return self.filter(Q(name__icontains=text) | Q(pk__in=tagged.values("collection")))

    def with_newest(self) -> Self:
        """Collections annotated with `newest_id`, the key of the newest live membership."""
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

    def in_sight(self, sight: Sight) -> Self:
        """Memberships of `visible_to`, for a sight or for stand-ins."""
        projects = apps.get_model("artifacts", "Project").objects.in_sight(sight)
        return self.live().filter(collection__project__in=projects)

    def traceable_by(self, user: "User") -> Self:
        """Memberships the person may know of, or might if the version or project weren't deleted.

        Leaves out memberships that ended with their collection: they no longer tell what became
        of the version.
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
        """The newest memberships that the person may see, joined as rows of a table.

        Their keys are read first: with a row's joins the database would sort every membership.
        """
        keys = self._seen_one_by_one(user).order_by("-pk").values_list("pk", flat=True)[:count]
        return self.filter(pk__in=list(keys)).for_row().order_by("-pk")

    def _seen_one_by_one(self, user: "User") -> Self:
        """Memberships of `visible_to`, tested row by row: quicker for a few of a long list."""
        collections = apps.get_model("artifacts", "Collection").objects.visible_to(user)
        return self.live().filter(Exists(collections.filter(pk=OuterRef("collection_id"))))

    def called(self, reference: str) -> Self:
        """The collection's live membership of this name: `v3`, `latest`, "" or an alias."""
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
        """Memberships with what a row of a table shows: aliases, tags, source, person, run."""
        rows = self.for_path().with_aliases().prefetch_related("version__tags")
        return rows.select_related(
            "version__run__project__entity__organization", "version__created_by", "created_by"
        )

    def for_page(self) -> Self:
        """Memberships with what a version's page shows of the membership itself."""
        rows = self.with_aliases().for_path()
        return rows.select_related("version__created_by", "created_by")

    def for_path(self) -> Self:
        """Memberships joined with what names, addresses and roles need."""
        return self.select_related(
            "collection__artifact_type",
            "collection__project__entity__organization",
            "collection__project__entity__team__organization",
            "version__sequence__artifact_type",
            "version__sequence__project__entity__organization",
            "version__sequence__project__entity__team__organization",
        )

    def for_api(self) -> Self:
        """Memberships joined with what the SDK asks for, which is less than a page needs."""
        return self.select_related(
            "collection__artifact_type",
            "collection__project__entity",
            "version__sequence__artifact_type",
            "version__sequence__project__entity",
        )

    def with_aliases(self) -> Self:
        """Memberships with their aliases, and with `is_newest` where `latest` names them."""
        return self.marking_newest().prefetch_related(aliases_with_events())

    def marking_newest(self) -> Self:
        """Memberships annotated with `is_newest`: whether `latest` names them."""
        return self.annotate(is_newest=Exact(F("index"), newest_index()))

    def marking_previous(self) -> Self:
        """Memberships annotated with `previous_index`: the next lower number of a live one."""
        live = apps.get_model("artifacts", "Membership").objects.live()
        lower = live.filter(collection=OuterRef("collection"), index__lt=OuterRef("index"))
        return self.annotate(previous_index=Subquery(lower.newest_first().values("index")[:1]))

    def for_each_alias(self) -> Self:
        """Memberships once for each alias, or once without any, with its key and name."""
        rows = self.annotate(alias_id=F("aliases__pk"), alias_name=F("aliases__name"))
        return rows.order_by("pk", "alias_name")

    def for_each_protected_alias(self) -> Self:
        """Memberships once for each protected alias of their project, or once without any."""
        name = F("collection__project__protected_aliases__name")
        return self.annotate(protected_alias=name).order_by("pk", "protected_alias")

    def for_list(self) -> Self:
        """Memberships with their versions; `join_collections` adds the collections."""
        return self.marking_newest().select_related("version")

    def matching(self, text: str) -> Self:
        """Memberships whose number, alias or version tag has this text in it."""
        if not text:
            return self
        condition = Q(pk__in=_named_like(text))
        if number := NUMBER.fullmatch(text):
            condition |= Q(index=int(number[1]))
        return self.filter(condition)

    def named_like(self, text: Any) -> Self:
        """Memberships with an alias or a version tag that has this text, or stand-in, in it."""
        return self.filter(pk__in=_named_like(text))


class AliasQuerySet(models.QuerySet):
    def readable(self) -> Self:
        """Aliases without old ones that the SDK reads as numbers, which only Python can tell."""
        beginning_with_v = self.filter(name__startswith="v").values_list("pk", "name")
        return self.exclude(pk__in=[pk for pk, name in beginning_with_v if is_version_number(name)])

    def meant_by(self, names: Iterable[str]) -> Self:
        """Aliases of these names, whatever their capitals.

        With `AliasNames`, also the aliases that its patterns cover, and perhaps a few more: test
        each row against the names again.
        """
        spelled = [Q(name__iexact=name) for name in names]
        patterns = getattr(names, "patterns", [])
        return self.filter(reduce(or_, [*spelled, *map(_covered, patterns)], Q(pk__in=[])))


def _covered(pattern: str) -> Q:
    """Return a condition for names that begin and end as the pattern does, with all its parts."""
    first, *middle, last = pattern.split(alias_names.ANY)
    covered = Q(name__istartswith=first) & Q(name__iendswith=last)
    return reduce(and_, (Q(name__icontains=part) for part in middle), covered)


def _named_like(text: Any) -> models.QuerySet:
    """Return a query for the keys of memberships with such an alias or version tag.

    It is one list: "in this list or in that one" would make PostgreSQL test every membership.
    """
    aliases = apps.get_model("artifacts", "Alias").objects.filter(name__icontains=text)
    tags = apps.get_model("artifacts", "VersionTag").objects.filter(name__icontains=text)
    tagged = tags.filter(version__memberships__isnull=False).values("version__memberships")
    return aliases.values("membership").union(tagged)


def aliases_with_events() -> Prefetch:
    """Return a prefetch of memberships' aliases, each with the event that put it there."""
    aliases = apps.get_model("artifacts", "Alias").objects
    return Prefetch("aliases", queryset=aliases.select_related("event"))


def newest_index() -> Subquery:
    """Return a subquery for the highest number of a live membership in the same collection.

    The question "is there no newer one" would make PostgreSQL read all the memberships.
    """
    live = apps.get_model("artifacts", "Membership").objects.live()
    newest = live.filter(collection=OuterRef("collection")).order_by("-index")
    return Subquery(newest.values("index")[:1])


_Collections = models.Manager.from_queryset(CollectionQuerySet)


class LiveCollections(_Collections):
    """Collections without deleted ones, whose rows stay because numbering goes on from them."""

    def get_queryset(self) -> CollectionQuerySet:
        return CollectionQuerySet(self.model, using=self._db).filter(deleted_at__isnull=True)
