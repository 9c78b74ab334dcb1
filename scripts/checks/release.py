"""What a release leaves behind for the next: its migrations, frozen, and a dump of its database.

    python scripts/checks/release.py check     no migration of a release was changed or taken away
    python scripts/checks/release.py freeze    once a release: writes tests/dumps/VERSION/

After a release, a change of the tables is a migration of its own: change the model, then
`manage.py makemigrations APP --name WHAT_IT_ADDS`. Until the next release it may still change.

`freeze` takes the version of pyproject.toml, and makes a demo database on SQLite and one on
PostgreSQL, with some life in them; tests/test_upgrades.py brings every dump up to date.
"""

import gzip
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from registry_site import VERSION  # noqa: E402 - after the path to it
from tests.pg import running_postgres, server_programs  # noqa: E402

DUMPS = ROOT / "tests" / "dumps"
LISTS = "*/migrations.sha256"


def migrations() -> list[Path]:
    """Return every migration of the project, by its path below the project's folder."""
    apps = ("artifacts", "registries", "registry_site/accounts")
    files = (ROOT.joinpath(app, "migrations").glob("[0-9]*.py") for app in apps)
    return sorted(path.relative_to(ROOT) for of_app in files for path in of_app)


def digest(path: Path) -> str:
    """Return the digest of a migration without its imports: the code around it may move."""
    lines = (ROOT / path).read_text().splitlines()
    steps = [line for line in lines if not line.startswith(("import ", "from "))]
    return hashlib.sha256("\n".join(steps).encode()).hexdigest()


def frozen() -> dict[Path, tuple[str, str]]:
    """Return the release and the digest of each migration that the newest release has."""
    entries = {}
    for listing in sorted(DUMPS.glob(LISTS), key=release_key):
        for line in listing.read_text().splitlines():
            sha256, path = line.split("  ")
            entries[Path(path)] = listing.parent.name, sha256
    return entries


def release_key(listing: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", listing.parent.name)]


def problems() -> list[str]:
    """Return what is wrong with the migrations, one sentence each."""
    released, present = frozen(), migrations()
    wrong = [
        f"{path} is gone, but databases of release {release} stand on it: bring it back."
        for path, (release, _sha256) in released.items()
        if path not in present
    ]
    wrong += [
        f"{path} was changed after release {released[path][0]}, and databases have taken it as it "
        "was: undo that, and write a new migration."
        for path in present
        if path in released and digest(path) != released[path][1]
    ]
    for path in set(present) - set(released):
        last = max(
            (each.name[:4] for each in released if each.parent == path.parent and _is_step(each)),
            default="0000",
        )
        if released and path.name[:4] <= last:
            wrong.append(f"{path} is new, and comes before {last} of a release: renumber it.")
    return wrong


def _is_step(path: Path) -> bool:
    return "_squashed_" not in path.name


def freeze() -> None:
    """Write the release's list of migrations and its two dumps."""
    folder = DUMPS / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    listing = "".join(f"{digest(path)}  {path}\n" for path in migrations())
    (folder / "migrations.sha256").write_text(listing)
    write(folder / "sqlite.sql.gz", dump_of_sqlite())
    with running_postgres("-c fsync=off") as address:
        write(folder / "postgres.sql.gz", dump_of_postgres(address))


def write(path: Path, sql: str) -> None:
    path.write_bytes(gzip.compress(sql.encode(), 9, mtime=0))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def dump_of_sqlite() -> str:
    with tempfile.TemporaryDirectory() as data:
        make_data(DATA_DIR=data)
        connection = sqlite3.connect(Path(data) / "cairn.sqlite3")
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()


def dump_of_postgres(address: str) -> str:
    """Return a dump that psycopg can run: rows as INSERT, without psql's own lines."""
    with tempfile.TemporaryDirectory() as data:
        make_data(DATA_DIR=data, DATABASE_URL=address)
        socket, _, name = address.removeprefix("postgres://cairn@/").rpartition("/")
        program = server_programs(Path(data)) / "pg_dump"
        options = ["--no-owner", "--no-privileges", "--rows-per-insert=100"]
        command = [program, *options, f"--host={socket}", "--username=cairn", name]
        sql = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in sql.splitlines() if not line.startswith("\\"))


def make_data(**where: str) -> None:
    """Make the demo data, and later changes to it."""
    server = ("HOST", "PORT", "DATABASE_URL", "STORAGE_URL", "BASE_URL")
    clean = {name: value for name, value in os.environ.items() if name not in server}
    environment = clean | {"DEMO": "1", "SECRET_KEY": "x"} | where
    for module in ("scripts.prepare", "scripts.checks.release_life"):
        command = [sys.executable, "-m", module]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def main(action: str) -> int:
    if action == "freeze":
        freeze()
    wrong = problems()
    print("\n".join(wrong), end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
