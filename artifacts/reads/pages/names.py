"""Names and addresses of things of which a list has read no more than these.

They are what the models' own rows say of themselves; tests/artifacts/collections/test_names.py
compares both.
"""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from django.urls import reverse
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import LATEST
from registry_site.accounts.names import REGISTRY_PREFIX, can_be_alias
from registry_site.markup.shown import Shown

_PLAIN = f"{RFC3986_SUBDELIMS}/~:@"  # what Django's reverse() leaves as it is


@dataclass(frozen=True)
class ProjectName:
    """A project's name and its address; `organization` is the name of a registry's, else ""."""

    entity: str
    name: str
    organization: str
    url: str

    @classmethod
    def of_names(cls, entity: str, name: str, organization: str) -> Self:
        """Return the name of a project that is not deleted."""
        registry = [organization, name.removeprefix(REGISTRY_PREFIX)]
        url = (
            reverse("registries:registry_detail", args=registry)
            if organization
            else reverse("artifacts:project_detail", args=[entity, name])
        )
        return cls(entity, name, organization, url)

    def __str__(self) -> str:
        if self.organization:
            return _("the registry {name}").format(name=self.registry_name)
        return f"{self.entity}/{self.name}"

    @property
    def registry_name(self) -> str:
        """A registry's name as people see it, without the prefix; "" for other projects."""
        return self.name.removeprefix(REGISTRY_PREFIX) if self.organization else ""


@dataclass(frozen=True)
class CollectionName(Shown):
    """A collection's name, its path and its address."""

    entity: str
    project: str
    name: str
    url: str

    @classmethod
    def of(cls, collection: Collection) -> Self:
        """Return the name of a collection whose project is at hand."""
        project = collection.project
        url = collection.get_absolute_url()
        return cls(project.entity.name, project.own_name, collection.name, url)

    @classmethod
    def of_sequence(cls, entity: str, project: str, type_name: str, name: str) -> Self:
        """Return the name of a collection in a project that is no registry."""
        address = [entity, project, type_name, name]
        return cls(entity, project, name, reverse("artifacts:collection_detail", args=address))

    @classmethod
    def in_project(cls, project: ProjectName, type_name: str, name: str) -> Self:
        """Return the name of a collection in a project or a registry."""
        if not project.organization:
            return cls.of_sequence(project.entity, project.name, type_name, name)
        address = [project.organization, project.registry_name, name]
        url = reverse("registries:collection_detail", args=address)
        return cls(project.entity, project.name, name, url)

    @property
    def path(self) -> str:
        """The path to link to: `{entity}/{project}/{collection}`."""
        return f"{self.entity}/{self.project}/{self.name}"


@dataclass(frozen=True)
class VersionName(Shown):
    """A version's number in a collection."""

    collection: CollectionName
    index: int

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """Return the name of a version in a collection whose project is at hand."""
        return cls(CollectionName.of(membership.collection), membership.index)

    def __str__(self) -> str:
        return f"{self.collection.name}:{self.number}"

    def get_absolute_url(self) -> str:
        """Return the address of the version's page, under its number."""
        return self._url_as(self.number)

    def tab_url(self, tab: str) -> str:
        """Return the address of a tab of the page, under its number."""
        return f"{self.get_absolute_url()}/{tab}"

    def alias_url(self, alias: str) -> str:
        """Return the address under the alias, or the number where no address can have it."""
        return self._url_as(alias if can_be_alias(alias) or alias == LATEST else self.number)

    def _url_as(self, reference: str) -> str:
        # below its collection's: to ask reverse() for each name of 50 rows takes 5 ms
        return f"{self.collection.url}/{quote(reference, safe=_PLAIN)}"

    @property
    def number(self) -> str:
        """The number as people read it: v0, v1, …"""
        return f"v{self.index}"

    @property
    def full_name(self) -> str:
        """The name that `use_artifact` takes: `{entity}/{project}/{collection}:v{N}`."""
        return f"{self.collection.path}:{self.number}"


@dataclass(frozen=True)
class RunName(Shown):
    """A run's id and the name that people read."""

    entity: str
    project: str
    name: str
    display_name: str

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("artifacts:run_detail", args=[self.entity, self.project, self.name])

    @property
    def path(self) -> str:
        """The path that `wandb.Api().run()` takes: `{entity}/{project}/{run}`."""
        return f"{self.entity}/{self.project}/{self.name}"
