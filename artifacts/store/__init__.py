"""The one door to the bytes: everything that reads or writes them asks `store()`.

A second store is one module with a class that has the methods of `protocol.Store`, and one line
in the setting STORES; tests/artifacts/store runs every test of the protocol with each of them.
"""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from artifacts.store.protocol import MAX_PARTS, Arrived, Parts, Store

__all__ = ["MAX_PARTS", "Arrived", "Parts", "Store", "store"]


def store() -> Store:
    """Return the store that STORAGE_URL chooses."""
    return _store_of_class(settings.STORE)


@cache
def _store_of_class(dotted_path: str) -> Store:
    made: Store = import_string(dotted_path)()
    return made
