"""Updates the database, static files and demo data in one process, for a quick start."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError

from scripts.modes import close_to_others

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
try:
    django.setup()
    from django.conf import settings

    from artifacts.store import store  # imported late: it needs the settings

    for folder in (settings.DATA_DIR, settings.STORAGE_FOLDER):
        close_to_others(folder)
    store().check_ready()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")
except OSError as error:
    sys.exit(f"cairn: {error.filename or settings.DATA_DIR} can't be written: {error.strerror}.")
except (ImproperlyConfigured, OperationalError) as error:
    sys.exit(f"cairn: {' '.join(str(error).split())}")
