"""Creates or updates people, organizations and teams from a JSON document."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from registries.services.organizations.provision import provision
from registry_site.errors import DomainError


class Command(BaseCommand):
    help = (
        "Creates or updates users, organizations and teams from a JSON document, and prints what "
        "is there then. With bad input it changes nothing and says in one sentence what is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            default="-",
            metavar="FILE",
            help="the document; - for standard input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = provision(_read(options["file"]))
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
            raise CommandError(
                f"The database can't be used ({reason}); did manage.py migrate run?"
            ) from error
        self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False))


def _read(name: str) -> Any:
    """Return the document, or raise CommandError with one sentence."""
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return json.loads(text)
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"The document is no JSON: {error}.") from error
