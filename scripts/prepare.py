"""Brings database, static files and demo data up to date: in one process, to start quickly."""

import os
import sys
import tempfile

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
try:
    django.setup()
    settings.STORAGE_FOLDER.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=settings.STORAGE_FOLDER).close()  # it can be written
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")
except OSError as error:
    sys.exit(f"cairn: {error.filename} can't be written: {error.strerror}.")
except (ImproperlyConfigured, OperationalError) as error:
    sys.exit(f"cairn: {' '.join(str(error).split())}")
