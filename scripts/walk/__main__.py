"""The steps that scripts/compat runs with one release of the SDK, in that release's Python.

    python -m scripts.walk member|viewer|nobody FILE

Each step writes to FILE, as a line of JSON, whether it worked. The environment has the address, the
key, and in COMPAT_NAME a name that no other walk uses.
"""

import sys
from importlib import import_module

from scripts.walk.kit import run

# Each lists its steps, which build on those before.
for module in ("log", "link", "edit", "lists", "registries", "refusals", "deletion"):
    import_module(f"scripts.walk.{module}")

run(*sys.argv[1:])
