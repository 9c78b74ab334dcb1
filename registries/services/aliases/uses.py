"""What protected and pinned names cover today."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from artifacts.models import Alias, Project
from registry_site.accounts.alias_names import AliasNames, is_pattern

_NAMED = 5  # aliases named in one sentence


@dataclass
class AliasUse:
    """A protected or pinned name, and the aliases in use that it covers today."""

    name: str
    is_pattern: bool = False
    memberships: set[int] = field(default_factory=set)
    collections: set[int] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)

    @property
    def version_count(self) -> int:
        return len(self.memberships)

    @property
    def collection_count(self) -> int:
        return len(self.collections)

    @property
    def some_aliases(self) -> list[str]:
        return sorted(self.aliases)[:_NAMED]

    @property
    def more_aliases(self) -> int:
        return max(len(self.aliases) - _NAMED, 0)


def uses_of(project: Project, names: Iterable[str]) -> list[AliasUse]:
    """Return what each name or pattern covers in the project today; runs one query."""
    uses = [(AliasUse(name, is_pattern(name)), AliasNames([name])) for name in names]
    covering: dict[str, list[AliasUse]] = {}
    rows = Alias.objects.filter(collection__project=project)
    for name, collection, membership in rows.values_list(
        "name", "collection_id", "membership_id"
    ).iterator():
        if name not in covering:
            covering[name] = [use for use, covered in uses if name in covered]
        for use in covering[name]:
            use.memberships.add(membership)
            use.collections.add(collection)
            use.aliases.add(name)
    return [use for use, _covered in uses]
