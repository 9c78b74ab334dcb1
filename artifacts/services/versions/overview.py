"""The overview on a version's page: the version to compare with, its files, and who uses it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from artifacts.formats.front_matter import front_matter_of
from artifacts.models import Download, ManifestEntry, Membership, Project, Run, RunInput
from artifacts.previews.reading import read_text
from artifacts.reads.pages.names import RunName
from artifacts.services.usage.consumers import DAYS
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.accounts.sight import Sight, sight_of
from registry_site.errors import Unavailable
from registry_site.queries.prepared import prepared

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
class RunsUse:
    """A run's use of the version, with the person who began the run."""

    run: RunName
    person: str | None  # a username
    at: datetime


@dataclass(frozen=True)
class PersonsUse:
    """A person's last download of the version."""

    username: str
    at: datetime


@dataclass(frozen=True)
class RecentUse:
    """The runs and people that used a version lately, the last first, if visible."""

    runs: list[RunsUse]
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
    version = membership.version
    rows = (_largest if version.file_count <= _MOST_SORTED else _first_by_name)(version.pk)
    readmes = [entry for entry in rows if entry.path in README_NAMES and entry.blob]
    readme = min(readmes, key=lambda entry: README_NAMES.index(entry.path), default=None)
    return TopFiles(rows[:_FILES], readme)


@prepared
def _largest(version: Any) -> QuerySet:
    return _files_on_top(version, "-size", "path")


@prepared
def _first_by_name(version: Any) -> QuerySet:
    return _files_on_top(version, "path")


def _files_on_top(version: Any, *order: str) -> QuerySet:
    """Return the first files in this order, and all that may be the README."""
    entries = ManifestEntry.objects.filter(version=version).order_by(*order)
    on_top = Q(pk__in=entries.values("pk")[:_FILES])
    return entries.filter(on_top | Q(path__in=README_NAMES)).select_related("blob")


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
    rows = _newest_uses(version_id, since, sight_of(by))
    runs = [RunsUse(RunName(*names), person, at) for *names, person, at in rows[:_USERS]]
    people = [PersonsUse(*row) for row in _newest_downloads(version_id, since, sight_of(by))]
    return RecentUse(runs, people[:_USERS], len(rows) > _USERS or len(people) > _USERS)


@prepared
def _newest_uses(version: Any, since: Any, sight: Sight) -> QuerySet:
    runs = Run.objects.filter(project__in=Project.objects.in_sight(sight))
    uses = RunInput.objects.filter(version=version, created_at__gte=since, run__in=runs)
    rows = uses.order_by("-pk").values_list(
        "run__project__entity__name",
        "run__project__name",
        "run__name",
        "run__display_name",
        "run__user__username",
        "created_at",
    )
    return rows[: _USERS + 1]


@prepared
def _newest_downloads(version: Any, since: Any, sight: Sight) -> QuerySet:
    downloads = Download.objects.in_sight(sight).exclude(user=None)
    people = downloads.filter(version=version, last_at__gte=since).values_list("user__username")
    return people.annotate(at=Max("last_at")).order_by("-at")[: _USERS + 1]
