"""The overview on a version's page: the version to compare with, its files, and who uses it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Max, Q, Value, When
from django.utils import timezone

from artifacts.formats.front_matter import front_matter_of
from artifacts.models import Download, ManifestEntry, Membership, Run, RunInput
from artifacts.previews.reading import read_text
from artifacts.services.usage.consumers import DAYS
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.errors import Unavailable

README_NAMES = ("README.md", "readme.md", "Readme.md", "README.markdown", "README.txt", "README")
_README_BYTES = 16_000  # bytes to read; front matter may be long
_README_SHOWN = 6_000  # characters; the page of the file has all of it
_FILES = 5
_MOST_SORTED = 2_000  # with more files, the first by name are shown, not the largest
_USERS = 5


@dataclass(frozen=True)
class Readme:
    """The beginning of a version's README."""

    text: str
    is_cut: bool


@dataclass(frozen=True)
class TopFiles:
    """A version's top files: the largest, or, if there are very many, the first by name."""

    rows: list[ManifestEntry]
    readme: ManifestEntry | None  # only one with bytes


@dataclass(frozen=True)
class PersonsUse:
    """A person's last download of the version."""

    username: str
    at: datetime


@dataclass(frozen=True)
class RecentUse:
    """The runs and people that used a version lately, the last first, if visible."""

    runs: list[RunInput]
    people: list[PersonsUse]
    has_more: bool


def base_membership(membership: Membership, alias: str) -> Membership | None:
    """Return the membership in the same collection that has the alias, with its version."""
    with_alias = Membership.objects.live().filter(
        collection=membership.collection_id, aliases__name=alias
    )
    return with_alias.select_related("version").first()


def top_files(membership: Membership) -> TopFiles:
    """Return the version's top files and its README entry, with one statement."""
    entries = membership.version.entries.all()
    is_sorted = membership.version.file_count <= _MOST_SORTED
    order = ("-size", "path") if is_sorted else ("path",)
    condition = Q(path__in=README_NAMES) | Q(pk__in=entries.order_by(*order).values("pk")[:_FILES])
    ranks = [When(path=name, then=Value(rank)) for rank, name in enumerate(README_NAMES)]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    rows: list[Any] = list(
        entries.filter(condition).annotate(rank=rank).select_related("blob").order_by(*order)
    )
    readmes = [entry for entry in rows if entry.rank < len(ranks) and entry.blob]
    return TopFiles(rows[:_FILES], min(readmes, key=lambda entry: entry.rank, default=None))


def read_readme(entry: ManifestEntry) -> Readme | None:
    """Return the beginning of a README after its front matter; None where it isn't text here."""
    if entry.blob is None:
        return None
    try:
        with store().open(entry.blob.sha256) as file:
            text_read = read_text(file, entry.size, _README_BYTES)
    except Unavailable:
        return None
    if text_read is None:
        return None
    _facts, text = front_matter_of(text_read.text)  # only the file's page shows the facts
    if not text_read.is_cut and len(text) <= _README_SHOWN:
        return Readme(text, is_cut=False)
    text = text[:_README_SHOWN]  # then cut at the end of a paragraph or line
    end = max(text.rfind("\n\n"), 0) or max(text.rfind("\n"), 0) or len(text)
    return Readme(text[:end], is_cut=True)


def recent_use(*, by: User, version_id: int, days: int = DAYS) -> RecentUse:
    """Return who used or downloaded the version in the last days, through any collection."""
    since = timezone.now() - timedelta(days=days)
    runs = Run.objects.visible_to(by)
    uses = RunInput.objects.filter(version=version_id, created_at__gte=since, run__in=runs)
    newest_uses = uses.select_related("run__user", "run__project__entity").order_by("-pk")
    rows = list(newest_uses[: _USERS + 1])
    downloads = Download.objects.visible_to(by).filter(version=version_id, last_at__gte=since)
    people = downloads.exclude(user=None).values_list("user__username").annotate(at=Max("last_at"))
    persons = [PersonsUse(*row) for row in people.order_by("-at")[: _USERS + 1]]
    return RecentUse(rows[:_USERS], persons[:_USERS], len(rows) > _USERS or len(persons) > _USERS)
