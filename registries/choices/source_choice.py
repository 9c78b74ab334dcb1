"""What may be chosen to link: Team → Project → Artifact → Version."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project
from artifacts.querysets.collections import LATEST
from registries.choices.levels import Level, Option, value_of
from registries.choices.sources import find_source
from registry_site.accounts.models import Team, User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import DomainError

SHOWN = 100  # options in one list; typing finds the others
NAMED = 3  # aliases shown for one version in a list
_LONG = 32  # characters of an alias shown there
_MOST_BYTES = 20_000  # for aliases sent to the page; the server knows all of them


class SourceChoice:
    """Four dependent steps: each offers what lies below the choice above it.

    A choice stays as long as it is still offered. A level with only one option chooses it by
    itself, except when the form was sent: then only what the form says counts. Text typed into a
    level counts if it names exactly one option; a pasted name or address (`source`) chooses on all
    levels.
    """

    def __init__(
        self, *, user: User, collection: Collection, data: Any, is_sent: bool, hosts: set[str]
    ) -> None:
        self.user, self.collection, self.is_sent = user, collection, is_sent
        self.type_name = collection.artifact_type.name
        self.data, self.source = data, data.get("source", "").strip()
        self.source_error = ""
        if self.source:
            self._read_source(hosts)
        self.team = self._teams()
        self.project = self._projects(self.team.chosen)
        self.artifact = self._artifacts(self.project.chosen)
        self.version = self._versions(self.artifact.chosen)
        self.levels = [self.team, self.project, self.artifact, self.version]
        if self.source and not self.source_error and not self.chosen_version:
            level = next(level for level in self.levels if not level.chosen)
            level.refuse(self.data[level.name])
            self.source_error, level.error = level.error, ""

    @property
    def chosen_version(self) -> Any:
        """The Version to link, None while there is none."""
        has_one = self.version.chosen and not self.source_error
        return self.version.chosen.version if has_one else None

    @property
    def source_name(self) -> str:
        """The chosen version, as the sentence above the button names it: `flowers/iris:v14`."""
        membership = self.version.chosen
        return (
            f"{self.team.chosen}/{self.artifact.chosen}:{membership.number}" if membership else ""
        )

    def is_complete(self) -> bool:
        """Return whether a version is chosen; if not, mark the first level that is open."""
        if self.source_error:
            return False
        for level in self.levels:
            if level.chosen is None:
                level.refuse(self.data.get(level.name, ""))
                return False
        return True

    def _read_source(self, hosts: set[str]) -> None:
        try:
            membership = find_source(self.user, self.source, self.collection, hosts)
        except DomainError as refusal:
            self.source_error = refusal.message
            return
        project = membership.collection.project
        names = (project.entity.name, project.name, membership.collection.name, membership.number)
        self.data = dict(zip(("team", "project", "artifact", "version"), names, strict=True))

    def _sequences(self) -> QuerySet:
        """Return the sequences of the collection's type from which the person can link."""
        linkable = Membership.objects.live().filter(version__state="COMMITTED")
        sequences = Collection.objects.filter(kind="sequence", artifact_type__name=self.type_name)
        return sequences.filter(Exists(linkable.filter(collection=OuterRef("pk"))))

    def _teams(self) -> Level:
        organization = self.collection.project.entity.organization
        fitting = self._sequences().filter(
            project__entity=OuterRef("entity"), project__deleted_at__isnull=True
        )
        mine = Team.objects.loggable_by(self.user).filter(organization=organization)
        level = Level(
            "team", _("Team"), _("Choose a team"), waiting="", missing=_("Choose a team.")
        )
        rows = mine.annotate(fits=Exists(fitting)).order_by("-fits", *mine.query.order_by)
        self._fill(level, rows, name="entity__name", reason=self._unfitting)
        offered = [option.row.pk for option in level.options]
        level.options += self._other_teams(offered)
        name = self.user.username
        reason = _("personal account: only what a team logged can be linked")
        level.options.append(Option(name, name, reason, is_off=True))
        if not offered and not level.typed:
            level.help = _(
                "You are in no team of {organization} that you may link from. "
                "Ask one of its admins to add you to a team: {admins}."
            ).format(organization=organization, admins=", ".join(organization.admin_names()))
        elif offered and not level.has_more and all(option.is_off for option in level.options):
            level.help = _(
                "No team of yours has an artifact of the type “{type}”: log one first."
            ).format(type=self.type_name)
        return level

    def _other_teams(self, offered: list[int]) -> list[Option]:
        """Return teams that one sees but can't link from, each with the reason."""
        organization, options = self.collection.project.entity.organization, []
        others = Team.objects.visible_to(self.user).exclude(pk__in=offered)
        for team in others.select_related("entity", "organization").order_by("entity__name")[:20]:
            if team.organization_id != organization.pk:
                reason = _("belongs to {organization}").format(organization=team.organization)
            elif can(self.user, Action.EDIT, team):
                continue  # beyond the first options; typing finds it
            else:
                reason = _("your role there is View-only")
            options.append(Option(str(team), str(team), reason, is_off=True))
        return options

    def _projects(self, team: Team | None) -> Level:
        rows: Any = Project.objects.none()
        if team:
            visible = Project.objects.visible_to(self.user).ordinary().filter(entity=team.entity_id)
            fitting = self._sequences().filter(project=OuterRef("pk"))
            rows = visible.annotate(fits=Exists(fitting)).order_by("-fits", "-updated_at", "-pk")
        level = Level(
            "project",
            _("Project"),
            _("Choose a project"),
            waiting=_("Choose a team first."),
            missing=_("Choose a project."),
        )
        return self._fill(level, rows, reason=self._unfitting)

    def _artifacts(self, project: Project | None) -> Level:
        rows: Any = Collection.objects.none()
        if project:
            rows = self._sequences().filter(project=project).order_by("-updated_at", "-pk")
        level = Level(
            "artifact",
            _("Artifact"),
            _("Choose an artifact"),
            waiting=_("Choose a project first."),
            missing=_("Choose an artifact."),
        )
        return self._fill(level, rows)

    def _versions(self, sequence: Collection | None) -> Level:
        rows: Any = Membership.objects.none()
        if sequence:
            live = Membership.objects.live().filter(collection=sequence, version__state="COMMITTED")
            rows = live.newest_first().select_related("version").prefetch_related("aliases")
        level = Level(
            "version",
            _("Version"),
            _("Choose a version, or type an alias of it"),
            waiting=_("Choose an artifact first."),
            missing=_("Choose a version."),
        )
        self._fill(level, rows)
        newest = rows.values_list("pk", flat=True).first()
        linked = dict(
            self.collection.memberships.live()
            .filter(version__in=[option.row.version_id for option in level.options])
            .values_list("version", "index")
        )
        size = 0
        for option in level.options:
            names = _names(option.row, level.typed, is_newest=option.row.pk == newest)
            if names:
                short = (Truncator(name).chars(_LONG) for name in names)
                option.label += f" ({', '.join(short)})"
            size += sum(len(escape(name).encode()) for name in names)
            option.names = names if size < _MOST_BYTES or level.typed in names else []
            if option.row.version_id in linked:
                number = f"v{linked[option.row.version_id]}"
                option.reason = _("here already as {number}").format(number=number)
        return level

    def _unfitting(self, row: Any) -> str:
        if row.fits:
            return ""
        return _("no artifact of the type “{type}”").format(type=self.type_name)

    def _fill(
        self, level: Level, rows: Any, name: str = "name", reason: Callable = lambda _row: ""
    ) -> Level:
        """Return the level with up to SHOWN rows that fit what is typed, and the chosen row."""
        value, typed = (self.data.get(key, "").strip() for key in (level.name, level.filter_name))
        memberships = rows.model is Membership  # these have numbers and aliases, all others names

        def rows_called(text: str) -> Any:
            return rows.called(text) if memberships else rows.filter(**{name: text})

        offered = list(rows[: SHOWN + 1])
        if len(offered) > SHOWN:
            level.has_more, text = True, {f"{name}__icontains": typed}
            offered = list((rows.matching(typed) if memberships else rows.filter(**text))[:SHOWN])
            level.help = _("The {n} newest are shown; typing finds the others.").format(n=SHOWN)
        level.typed = "" if value else typed
        meant = next((row for row in offered if value_of(row) == (value or typed)), None)
        if not meant and (value or typed) and (level.has_more or memberships):
            meant = rows_called(value or typed).first()
            offered = [meant, *offered] if meant and meant not in offered else offered
        level.options = [
            Option(value_of(row), value_of(row), why, bool(why), row)
            for row in offered
            for why in [reason(row)]
        ]
        possible = [option.row for option in level.options if not option.is_off]
        if meant in possible:
            level.chosen = meant
        elif len(possible) == 1 and not (level.has_more or typed or self.is_sent):
            level.chosen = possible[0]
        return level


def _names(membership: Membership, typed: str, *, is_newest: bool) -> list[str]:
    """Return the first aliases of a version, and the alias that somebody typed."""
    aliases = sorted(alias.name for alias in membership.aliases.all())
    first_names = [name for name in aliases if name == typed]
    first_names += [name for name in aliases if name != typed][: NAMED - len(first_names)]
    return [LATEST, *first_names] if is_newest else first_names
