#!/usr/bin/env python
"""Django's command line; a bad setting or a refusal is one sentence, not a trace."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from registry_site import VERSION

    if sys.argv[1:] in (["version"], ["--version"]):  # Django would tell its own
        sys.stdout.write(f"{VERSION}\n")
        return
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"cairn: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
