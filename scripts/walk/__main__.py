"""What scripts/compat does with one release of the SDK, run by that release's own Python.

    python -m scripts.walk member|viewer|nobody FILE

Each step says to FILE, as a line of JSON, whether it worked. The environment holds the address,
the key, and in COMPAT_NAME a name that no other walk has.
"""

import sys
from importlib import import_module

from scripts.walk.kit import run

# Each lists its steps, which build on those before.
for module in ("log", "link", "edit", "lists", "registries", "refusals", "deletion"):
    import_module(f"scripts.walk.{module}")

run(*sys.argv[1:])
