"""Versions of a sequence: those that were ticked, all that fit the filter, all but the newest."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Version
from artifacts.querysets.collections import NUMBER
from artifacts.reads.deletable_versions import likely_refused, old_versions, versions_of, without
from artifacts.reads.table_text import memberships_showing
from artifacts.services.deletion.job_kinds import KEPT, VERSIONS, delete_one_version
from artifacts.views.deletion.dialog import Deletion, answer_deletion
from artifacts.views.paths import with_collection
from registry_site.accounts.models import User
from registry_site.errors import Conflict
from registry_site.pages import HtmxRequest, form_page, read_number

KEEP_NEWEST = 10
TICKED, ALL, OLD = "ticked", "all", "old"


@dataclass(frozen=True)
class Choice:
    """What the form asks for; `until` excludes what was logged after the form was shown."""

    collection: Collection
    by: User
    which: str
    ticked: list[int]  # numbers
    text: str
    newest: int
    keep: tuple[str, ...]
    aliases_too: bool
    until: int

    @classmethod
    def read(cls, by: User, collection: Collection, data: Any) -> "Choice":
        path = f"{collection.target_path}:"
        names = [name.removeprefix(path) for name in data.getlist("version")]
        ticked = [int(match[1]) for name in names if (match := NUMBER.fullmatch(name))]
        text = data.get("v", "").strip()
        which = data.get("which", "")
        usual = TICKED if ticked else ALL if text else OLD
        is_new = "asked" not in data
        last = versions_of(collection).aggregate(last=Max("pk"))["last"] or 0
        return cls(
            collection,
            by,
            which if which in {TICKED, ALL, OLD} else usual,
            ticked,
            text,
            read_number(data.get("newest", ""), KEEP_NEWEST),
            KEPT if is_new else tuple(each for each in KEPT if each in data.getlist("keep")),
            "aliases_too" in data,
            read_number(data.get("until", ""), last),
        )

    @property
    def versions(self) -> QuerySet[Version]:
        if self.which == TICKED:
            before = versions_of(self.collection).filter(pk__lte=self.until)
            return before.filter(version_index__in=self.ticked)
        return without(self.fitting, self.collection, self.keep)

    @property
    def fitting(self) -> QuerySet[Version]:
        """All that the table's filter shows, or that are old, with those that the choice keeps."""
        versions = versions_of(self.collection).filter(pk__lte=self.until)
        if self.which == OLD:
            return old_versions(versions, self.newest)
        if not self.text:
            return versions
        live = Membership.objects.live().filter(collection=self.collection)
        newest = live.newest_first().values_list("pk", flat=True).first()
        fits_filter = memberships_showing(
            self.text, by=self.by, collection=self.collection, newest=newest
        )
        return versions.filter(pk__in=live.filter(fits_filter).values("version"))

    @property
    def arguments(self) -> dict[str, Any]:
        if self.which == TICKED:
            return {"with_aliases": self.aliases_too}
        return {"keep": self.keep, "with_aliases": "aliases" not in self.keep}


@form_page
@with_collection
def versions_delete(request: HtmxRequest, collection: Collection) -> HttpResponse:
    if collection.is_portfolio:
        raise Conflict(
            _(
                "{name} holds links to versions that are logged elsewhere: unlink them instead."
            ).format(name=collection)
        )
    data = request.POST if request.method == "POST" else request.GET
    choice = Choice.read(request.user, collection, data)
    return answer_deletion(request, _deletion(choice), choice)


def _deletion(choice: Choice) -> Deletion:
    collection, versions = choice.collection, choice.versions

    def things(queryset: QuerySet[Version]) -> list[tuple[int, str]]:
        rows = queryset.values_list("pk", "version_index")
        return [(pk, f"{collection.name}:v{index}") for pk, index in rows]

    return Deletion(
        kind=VERSIONS,
        act=delete_one_version,
        project=collection.project,
        about=f"{collection.target_path}",
        page=collection.get_absolute_url(),
        title=_("Delete versions of {name}").format(name=collection),
        chosen=versions,
        fitting=None if choice.which == TICKED else choice.fitting,
        things=things,
        doubtful=likely_refused(versions),
        versions=versions,
        arguments=choice.arguments,
        template="artifacts/deletion/_choice_versions.html",
    )
