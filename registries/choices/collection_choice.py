"""Where one version can be linked: collections of its type, a new collection, or why nowhere."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from artifacts.services.collections.links import check_linkable
from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.names import check_collection_name
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import DomainError, Invalid

SHOWN = 100  # collections in one answer; the search finds others
NEW = "new"


@dataclass(frozen=True)
class OfferedCollection:
    """A collection that takes the version, with the numbers that help to choose it."""

    pk: int
    name: str
    newest_number: str  # "" for an empty collection
    linked_number: str  # the version's own number in it, "" where it isn't linked

    @property
    def value(self) -> str:
        return str(self.pk)


@dataclass(frozen=True)
class OfferedRegistry:
    """A registry with its collections that take the version."""

    project: Project
    collections: list[OfferedCollection]


class CollectionChoice:
    """The first step's choice, read from the address or from what was posted."""

    def __init__(self, *, user: User, version: Version, data: Any) -> None:
        self.user, self.version, self.data = user, version, data
        self.type_name = version.sequence.artifact_type.name
        self.text = data.get("q", "").strip()
        self.name = data.get("name", "").strip()
        self.value = data.get("collection", "") or (NEW if self.name else "")
        self.errors: dict[str, str] = {}

    @cached_property
    def organization(self) -> Organization | None:
        """The organization whose registries are offered.

        It is the one of the version's team, else that of the person's first team. A server admin
        who belongs to no organization gets the first of all.
        """
        owner = self.version.sequence.project.entity.owner
        if owner is not None:
            return owner
        teams = Team.objects.loggable_by(self.user).select_related("organization__entity")
        team = teams.filter(entity__in=list(self.user.roles.entities)).first()
        if team is not None:
            return team.organization
        choices = Organization.objects.order_by("pk")
        return choices.home_to(self.user).first() or choices.visible_to(self.user).first()

    @cached_property
    def visible_registries(self) -> list[Project]:
        if self.organization is None:
            return []
        registries = Project.objects.visible_to(self.user).registries().for_role()
        registries = registries.filter(entity=self.organization.entity_id).prefetch_related(
            "accepted_types"
        )
        return list(registries.order_by("-registry__is_core", "registry__name"))

    @cached_property
    def accepting(self) -> list[Project]:
        return [project for project in self.visible_registries if project.accepts(self.type_name)]

    @cached_property
    def registries(self) -> list[Project]:
        """Registries that take the version and where the person may link."""
        return [project for project in self.accepting if can(self.user, Action.EDIT, project)]

    @cached_property
    def refusal(self) -> str:
        """Why the version can be linked nowhere, and what to do; "" where it can."""
        try:
            check(self.user, Action.EDIT, self.version)
            if self.visible_registries:
                check_linkable(
                    by=self.user,
                    version=self.version,
                    project=(self.registries or self.accepting or self.visible_registries)[0],
                )
            if self.registries:
                return ""
            if self.accepting:
                check(self.user, Action.EDIT, self.accepting[0])
        except DomainError as refusal:
            return refusal.message
        return _(
            "{version} can't be linked: there is no registry that you may see. "
            "Ask an admin of your organization to add you."
        ).format(version=self.version.seen_by(self.user))

    @cached_property
    def groups(self) -> list[OfferedRegistry]:
        """Collections by registry; `has_more` says afterwards whether there are others."""
        projects = {project.pk: project for project in self.registries}
        collections = Collection.objects.filter(
            project__in=projects, artifact_type__name=self.type_name, kind="portfolio"
        )
        fitting = collections.matching(self.text)
        if self.text and self.value.isdecimal() and len(self.value) <= 18:
            # keep the chosen one among those offered
            fitting = fitting | collections.filter(pk=self.value)
        order = ("-project__registry__is_core", "project__registry__name", "name")
        rows: list[Any] = list(fitting.with_newest().order_by(*order)[: SHOWN + 1])
        self.has_more = len(rows) > SHOWN
        newest = Membership.objects.in_bulk([row.newest_id for row in rows if row.newest_id])
        linked = {
            membership.collection_id: membership.number
            for membership in Membership.objects.live().filter(version=self.version)
        }

        def offered(row: Any) -> OfferedCollection:
            number = newest[row.newest_id].number if row.newest_id in newest else ""
            return OfferedCollection(row.pk, row.name, number, linked.get(row.pk, ""))

        return [
            OfferedRegistry(projects[pk], [offered(row) for row in group])
            for pk, group in groupby(rows[:SHOWN], key=lambda row: row.project_id)
        ]

    @property
    def is_new(self) -> bool:
        return self.value == NEW

    @cached_property
    def collection(self) -> Collection | None:
        """The existing collection that was chosen, None where there is none."""
        if not self.value.isdecimal() or len(self.value) > 18:
            return None
        collections = Collection.objects.permitting(Action.EDIT, self.user).filter(pk=self.value)
        return collections.for_path().first()

    @cached_property
    def project(self) -> Any:
        """The project of the chosen or the new collection, None while nothing is chosen."""
        if self.collection:
            return self.collection.project
        registry_key = self.data.get("registry", "")
        return next((each for each in self.registries if str(each.pk) == registry_key), None)

    @property
    def collection_name(self) -> str:
        return self.collection.name if self.collection else self.name

    def is_complete(self) -> bool:
        """Return whether the second step can begin; if not, `errors` say what is missing."""
        if self.is_new:
            self._check_new()
        elif self.collection is None:
            self.errors["collection"] = _("Choose a collection, or name a new one.")
        return not self.errors

    def _check_new(self) -> None:
        if self.project is None:
            self.errors["registry"] = _("Choose the registry of the new collection.")
            return
        try:
            check_collection_name(self.name)
        except Invalid as refusal:
            self.errors["name"] = refusal.message
            return
        if Collection.objects.filter(project=self.project, name=self.name).exists():
            self.errors["name"] = _(
                "{registry} already has a collection {name!r}: choose it in the list."
            ).format(registry=self.project.registry_name, name=self.name)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields, as (name, value), that the second step carries along."""
        fields = [("version", str(self.version.pk)), ("collection", self.value)]
        if self.is_new and self.project:
            fields += [("registry", str(self.project.pk)), ("name", self.name)]
        return fields
