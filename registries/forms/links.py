"""What may be chosen to link: Team → Project → Artifact → Version, and the aliases."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from artifacts.forms import refuse_latest, split_names
from artifacts.models import Alias, Collection, Membership, Project
from artifacts.querysets.collections import LATEST
from registry_site.accounts.models import Team
from registry_site.accounts.names import can_be_alias
from registry_site.accounts.permissions import Action, Role, can

SHOWN = 200  # entries of one select; a filter finds the others


@dataclass
class Option:
    value: str
    label: str
    disabled: bool = False
    reason: str = ""
    selected: bool = False
    row: Any = None


@dataclass
class Level:
    """One of the four selects; `chosen` is the row behind the selected option."""

    name: str
    label: str
    options: list[Option] = field(default_factory=list)
    chosen: Any = None
    help: str = ""
    error: str = ""
    filter_name: str = ""
    filter_value: str = ""

    @property
    def value(self) -> str:
        """What the form sends for the chosen row."""
        return _value(self.chosen) if self.chosen else ""

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to choose until the level above is chosen."""
        return not (self.options or self.filter_name)


class SourceChoice:
    """Four dependent selects: each offers what lies below the choice above it.

    A choice is kept as long as it is still offered; the only one of a level is chosen by itself,
    but not when the form was sent: then only what it says counts.
    """

    def __init__(self, *, user: Any, collection: Collection, data: Any, is_sent: bool) -> None:
        self.user, self.collection, self.data, self.is_sent = user, collection, data, is_sent
        self.team = self._teams()
        self.project = self._projects(self.team.chosen)
        self.artifact = self._artifacts(self.project.chosen)
        self.version = self._versions(self.artifact.chosen)
        self.levels = [self.team, self.project, self.artifact, self.version]

    @property
    def chosen_version(self) -> Any:
        """The Version to link, None while there is none."""
        return self.version.chosen.version if self.version.chosen else None

    @property
    def source_name(self) -> str:
        """`flowers/iris-model:v14`, as the sentence above the button says it."""
        place = self.version.chosen
        return f"{self.team.chosen}/{self.artifact.chosen}:{place.number}" if place else ""

    def is_complete(self) -> bool:
        """Whether a version is chosen; if not, mark the first level that is open."""
        for level in self.levels:
            if level.chosen is None:
                level.error = _("Choose one.")
                return False
        return True

    def _teams(self) -> Level:
        organization = self.collection.project.entity.organization
        mine = Team.objects.loggable_by(self.user).filter(organization=organization)
        level = self._level("team", _("Team"), mine, name="entity__name")
        offered = [option.row.pk for option in level.options]
        others = Team.objects.visible_to(self.user).exclude(pk__in=offered)
        for team in others.select_related("entity", "organization").order_by("entity__name")[:20]:
            if team.organization_id != organization.pk:
                reason = _("belongs to {organization}").format(organization=team.organization)
            elif can(self.user, Action.EDIT, team):
                continue  # only beyond the first entries: the filter finds it
            else:
                reason = _("your role there is View-only")
            level.options.append(Option(str(team), str(team), disabled=True, reason=reason))
        reason = _("personal account: only what a team logged can be linked")
        name = self.user.username
        level.options.append(Option(name, name, disabled=True, reason=reason))
        if not offered and not level.filter_value:
            level.help = _(
                "You are in no team of {organization} that you may link from. "
                "Ask one of its admins to add you to a team: {admins}."
            ).format(organization=organization, admins=", ".join(organization.admin_names()))
        return level

    def _projects(self, team: Team | None) -> Level:
        found = Project.objects.none()
        if team:
            visible = Project.objects.visible_to(self.user).ordinary()
            found = visible.filter(entity=team.entity_id).order_by("-updated_at", "-pk")
        level = self._level("project", _("Project"), found)
        if team and not level.options and not level.filter_value:
            level.help = _(
                "{team} has no project yet: a run or an artifact that it logs makes one."
            )
            level.help = level.help.format(team=team)
        return level

    def _artifacts(self, project: Project | None) -> Level:
        type_name = self.collection.artifact_type.name
        found = Collection.objects.none()
        if project:
            sequences = project.collections.filter(kind="sequence", version_count__gt=0)
            found = sequences.filter(artifact_type__name=type_name).order_by("-updated_at", "-pk")
        level = self._level("artifact", _("Artifact"), found)
        if project and not level.options and not level.filter_value:
            level.help = _("{project} has no artifact of the type “{type}”.").format(
                project=project.name, type=type_name
            )
        return level

    def _versions(self, sequence: Collection | None) -> Level:
        found = Membership.objects.none()
        if sequence:
            live = Membership.objects.live().filter(collection=sequence, version__state="COMMITTED")
            found = live.newest_first().select_related("version").prefetch_related("aliases")
        level = self._level("version", _("Version"), found)
        newest = found.values_list("pk", flat=True).first()
        linked = dict(
            self.collection.memberships.live()
            .filter(version__in=[option.row.version_id for option in level.options])
            .values_list("version", "index")
        )
        for option in level.options:
            names = [LATEST] * (option.row.pk == newest)
            names += sorted(alias.name for alias in option.row.aliases.all())
            if names:
                option.label += f" ({', '.join(names)})"
            if option.row.version_id in linked:
                number = f"v{linked[option.row.version_id]}"
                option.reason = _("here already as {number}").format(number=number)
        return level

    def _level(self, key: str, label: str, rows: Any, name: str = "name") -> Level:
        """Offer up to SHOWN rows; of more the server shows those that fit the filter."""
        level = Level(key, label)
        wanted, text = self.data.get(key, ""), self.data.get(f"{key}_filter", "").strip()
        places = rows.model is Membership  # called by number and alias; all others by name
        found = list(rows[: SHOWN + 1])
        if len(found) > SHOWN:
            level.filter_name, level.filter_value = f"{key}_filter", text
            fitting = rows.matching(text) if places else rows.filter(**{f"{name}__icontains": text})
            found = list(fitting[:SHOWN])
            level.help = _("The {n} newest are shown; the filter finds the others.").format(n=SHOWN)
        if wanted and level.filter_name and wanted not in map(_value, found):
            kept = rows.called(wanted) if places else rows.filter(**{name: wanted})
            found = [*kept[:1], *found]
        level.options = [Option(_value(row), _value(row), row=row) for row in found]
        chosen = next((option for option in level.options if option.value == wanted), None)
        if not chosen and len(found) == 1 and not level.filter_name and not self.is_sent:
            chosen = level.options[0]
        if chosen:
            chosen.selected, level.chosen = True, chosen.row
        return level


def _value(row: Team | Project | Collection | Membership) -> str:
    if isinstance(row, Membership):
        return row.number
    return str(row) if isinstance(row, Team) else row.name


class AliasesForm(forms.Form):
    """Aliases for a link: those of the collection to tick, new ones to type."""

    # no choice field: an alias that somebody took away meanwhile is given all the same
    alias = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    new_aliases = forms.CharField(
        label=gettext_lazy("New aliases"),
        required=False,
        help_text=gettext_lazy("Separated by commas; “latest” follows the newest by itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self, data: Any = None, *, user: Any, project: Project, collection: Collection | None
    ) -> None:
        super().__init__(data)
        self.options = alias_options(user, project, collection, data)

    def clean_new_aliases(self) -> list[str]:
        return split_names(self.cleaned_data["new_aliases"])

    def clean(self) -> None:
        refuse_latest(self.names)

    @property
    def names(self) -> list[str]:
        """Ticked and typed, once each; of what is not valid only the ticked."""
        cleaned = getattr(self, "cleaned_data", {})
        return list(dict.fromkeys([*cleaned.get("alias", []), *cleaned.get("new_aliases", [])]))


def alias_options(
    user: Any, project: Project, collection: Collection | None, data: Any
) -> list[dict[str, Any]]:
    """Offer aliases in use, with the version that has each now, and the protected ones."""
    held = {}
    if collection:
        aliases = Alias.objects.filter(collection=collection).select_related("membership")
        held = {
            alias.name: alias.membership.number
            for alias in aliases.order_by("name")[:SHOWN]
            if can_be_alias(alias.name)
        }
    protected = project.protected_alias_names
    role = project.role_of(user)
    refusal = ""
    if not can(user, Action.PROTECT, project):
        refusal = _("Protected: only the role {admin} may move it; yours is {role}.").format(
            admin=Role.ADMIN.label, role=role.label if role else "–"
        )
    ticked = data.getlist("alias") if data else []
    return [
        {
            "name": name,
            "protected": name in protected,
            "disabled": bool(refusal) and name in protected,
            "reason": refusal if name in protected else "",
            "now": held.get(name, ""),
            "checked": name in ticked,
        }
        for name in sorted({*held, *protected})
    ]
