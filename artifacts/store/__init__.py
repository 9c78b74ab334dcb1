"""The one way to the bytes: everything that reads or writes them goes through `store()`.

To add a store, write a module with a class that has the methods of `protocol.Store`, and add one
line to the setting STORES; tests/artifacts/store tests the protocol with each store.
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
