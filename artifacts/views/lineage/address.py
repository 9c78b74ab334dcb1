"""The state of the tab Lineage, as its query has it."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from artifacts.services.lineage.lineage import Lineage
from artifacts.services.lineage.nodes import Key

MOST_KEYS = 100  # opened clusters, or nodes taken out of one, in an address


@dataclass(frozen=True)
class Address:
    """The state of the tab as its query has it; its addresses are relative to the page."""

    query: QueryDict

    def url(self, **changes: Any) -> str:
        """Return the address with these values instead; None or "" removes one."""
        query = self.query.copy()
        for name, value in changes.items():
            if value in (None, ""):
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}"

    def urls_of(self, lineage: Lineage) -> dict[Key, str]:
        """Return the addresses that open the panel of each node; "" of a hidden one."""
        before = self.url(node=None, find=None)
        before += "&" if before != "?" else ""
        return {
            key: "" if node.is_hidden else f"{before}node={key}#lineage-details"
            for key, node in lineage.nodes.items()
        }

    def url_with(self, name: str, key: Key) -> str:
        """Return the address with one more `open` or `out`, and the panel closed."""
        query = self.query.copy()
        query.appendlist(name, key)
        for closed in ("node", "find"):
            query.pop(closed, None)
        return f"?{query.urlencode()}"

    def fields_without(self, *names: str) -> list[tuple[str, str]]:
        """Return what a form has to send along that sends these names itself."""
        return [
            (name, value)
            for name, values in self.query.lists()
            if name not in names
            for value in values[:MOST_KEYS]
        ]
