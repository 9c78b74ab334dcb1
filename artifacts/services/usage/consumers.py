"""Who used or downloaded versions lately, and who uses another version than production's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from artifacts.models import Alias, Collection, Download, Membership, Project, Run, RunInput
from artifacts.querysets.runs import is_deleted_run
from artifacts.reads.pages.governed_aliases import PRODUCTION, GovernedAlias
from artifacts.reads.pages.names import CollectionName, VersionName
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User

DAYS = 30
_SHOWN = 5
_OF_DELETED_RUN = is_deleted_run("run__")
_DRIFTING = 3  # versions that the sentence names


@dataclass(frozen=True)
class Consumers:
    """The numbers of runs that used and people that downloaded, and the newest visible ones.

    Deleted runs would miss nothing, so they are counted separately.
    """

    run_count: int
    deleted_run_count: int
    person_count: int
    runs: list[Run]
    people: list[User]
    last_use_at: datetime | None
    last_download_at: datetime | None

    @property
    def more_runs(self) -> int:
        return self.run_count - len(self.runs)

    @property
    def more_people(self) -> int:
        return self.person_count - len(self.people)


def consumers_of(
    *,
    by: User,
    collection: Collection,
    version_id: int | None = None,
    alias: str = "",
    days: int = DAYS,
) -> Consumers:
    """Return who used or downloaded through the collection in the last days, or one version of it.

    With an `alias`, only those who asked by that name, or got the version in an unknown way. All
    are counted; those that the person may not see are not named.
    """
    condition = Q(collection=collection)
    if alias:
        condition &= Q(reference=alias) | Q(reference="", version=version_id)
    elif version_id:
        condition &= Q(version=version_id)
    return _consumers(by, condition, condition, days)


def consumers_within(*, by: User, project: Project, days: int = DAYS) -> Consumers:
    """Return who used or downloaded through the project's collections in the last days."""
    uses = Q(project=project)
    return _consumers(by, uses, Q(collection__project=project), days)


def _consumers(by: User, used_through: Q, downloaded_through: Q, days: int) -> Consumers:
    uses = RunInput.objects.filter(used_through, created_at__gte=since(days))
    downloads = Download.objects.filter(downloaded_through, last_at__gte=since(days))
    runs = Run.objects.visible_to(by).filter(pk__in=uses.values("run"))
    seen = downloads.visible_to(by).values("user")
    people = User.objects.filter(pk__in=seen)
    used = uses.aggregate(
        n=Count("run", distinct=True, filter=~_OF_DELETED_RUN),
        deleted=Count("run", distinct=True, filter=_OF_DELETED_RUN),
        last=Max("created_at"),
    )
    downloaded = downloads.aggregate(n=Count("user", distinct=True), last=Max("last_at"))
    return Consumers(
        run_count=used["n"],
        deleted_run_count=used["deleted"],
        person_count=downloaded["n"],
        runs=list(runs.for_path().listed().newest_first()[:_SHOWN]),
        people=list(people.order_by("username")[:_SHOWN]),
        last_use_at=used["last"],
        last_download_at=downloaded["last"],
    )


@dataclass(frozen=True)
class ProtectedMove:
    """A protected or pinned alias that would move away from its version."""

    name: str
    number: str
    version_id: int

    @property
    def key(self) -> str:
        """The text by which a form says which move the person has confirmed."""
        return f"{self.name}:{self.number}"


def protected_moves_of(
    *, collection: Collection, names: Iterable[str], to_version: int | None = None
) -> list[ProtectedMove]:
    """Return the protected and pinned aliases in `names` that are not on `to_version`."""
    project, names = collection.project, set(names)
    special = (project.protected_alias_names & names) | names.intersection(
        project.pinned_alias_names
    )
    aliases = Alias.objects.filter(collection=collection, name__in=special)
    aliases = aliases.exclude(membership__version=to_version) if to_version else aliases
    return [
        ProtectedMove(alias.name, alias.membership.number, alias.membership.version_id)
        for alias in aliases.select_related("membership").order_by("name")
    ]


@dataclass(frozen=True)
class Drifting:
    """A version that is used instead of production's."""

    version: VersionName
    is_behind: bool  # it came before production's version
    runs: int = 0
    people: int = 0


@dataclass(frozen=True)
class Drift:
    """A collection's production version, and versions used lately instead, most used first."""

    alias: str
    version: VersionName
    versions: list[Drifting] = field(default_factory=list)


def drift_of(
    collection: Collection, aliases: Iterable[GovernedAlias], days: int = DAYS
) -> Drift | None:
    """Return the versions used instead of the one with the alias `production`; None without any.

    Without that alias, the first of the project's protected aliases counts. Versions with any
    protected alias are meant to be used, and are left out. `aliases` are the collection's.
    """
    names = AliasNames([*collection.project.protected_alias_names.all(), PRODUCTION])
    aliases = [alias for alias in aliases if alias.name in names]
    if not aliases:
        return None
    main = next((alias for alias in aliases if alias.name == PRODUCTION), aliases[0])
    most_used = _most_used(collection, {alias.version_id for alias in aliases}, days)
    numbers = _numbers_of(collection, most_used)
    if not numbers:
        return None
    own = CollectionName.of(collection)
    versions = [
        Drifting(VersionName(own, index), index < main.index, *most_used[pk])
        for pk, index in numbers.items()
    ]
    versions.sort(key=lambda each: (-each.runs, -each.people, -each.version.index))
    return Drift(main.name, VersionName(own, main.index), versions)


def _numbers_of(collection: Collection, versions: Iterable[int]) -> dict[int, int]:
    """Return the numbers of these versions in the collection, by key; not of deleted ones."""
    if not (keys := list(versions)):
        return {}
    live = Membership.objects.live().filter(collection=collection, version__in=keys)
    return dict(live.values_list("version_id", "index"))


def _most_used(collection: Collection, meant: set[int], days: int) -> dict[int, tuple[int, int]]:
    """Return counts of runs and people for the most used versions that aren't `meant`."""
    uses = RunInput.objects.filter(collection=collection, created_at__gte=since(days))
    uses = uses.exclude(_OF_DELETED_RUN)
    downloads = Download.objects.filter(collection=collection, last_at__gte=since(days))
    counted = []
    for rows, count in (
        (uses, Count("pk")),
        (downloads, Count("user", distinct=True)),
    ):
        # + 0, else SQLite reads the whole table in the order of versions to save the grouping
        others = rows.exclude(version__in=meant).annotate(which=F("version_id") + 0)
        numbers = others.values_list("which").annotate(n=count).order_by("-n", "-which")
        counted.append(dict(numbers[:_DRIFTING]))
    runs, people = counted
    return {pk: (runs.get(pk, 0), people.get(pk, 0)) for pk in [*runs, *people]}


def since(days: int) -> datetime:
    """Return the time from which on a use counts as one of the last days."""
    return timezone.now() - timedelta(days=days)
