"""The passwords and the key of the demo, in a file that only the operator can read."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password

from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.services.keys.api_keys import digest_of


@dataclass(frozen=True)
class Credentials:
    """What still gives access: passwords by username, and Ana's API key or ""."""

    passwords: dict[str, str]
    api_key: str


def write_credentials(passwords: dict[str, str], *, api_key: str) -> None:
    """Write the file for later starts, readable by this user alone; the people exist already."""
    hashes = _hashes(passwords)
    people = {username: [text, hashes[username]] for username, text in passwords.items()}
    path, new = _path(), _path().with_suffix(".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"people": people, "api_key": api_key}, file, indent=2)
    new.replace(path)


def read_credentials() -> Credentials:
    """Return the passwords that were made here and still work; people may have changed others."""
    try:
        document = json.loads(_path().read_text())
    except FileNotFoundError:
        return Credentials({}, "")
    hashes = _hashes(document["people"])
    # equal hashes spare the slow comparison at each start
    working = {
        username: password
        for username, (password, made) in document["people"].items()
        if username in hashes
        and (hashes[username] == made or check_password(password, hashes[username]))
    }
    keys = ApiKey.objects.filter(digest=digest_of(document["api_key"]), user__is_active=True)
    return Credentials(working, document["api_key"] if keys.exists() else "")


def _hashes(usernames: Iterable[str]) -> dict[str, str]:
    users = User.objects.filter(username__in=list(usernames), is_active=True)
    return dict(users.values_list("username", "password"))


def _path() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"
