"""MLflow on the same PostgreSQL, in an environment of its own: its rows, and what it is asked."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from scripts.benchmarks.peers.client import HOST, Connection, request
from scripts.benchmarks.peers.rounds import Asked

PACKAGES = ("mlflow==3.17.2", "psycopg[binary]==3.3.9")
API = "/api/2.0/mlflow"
START_SECONDS, STOP_SECONDS = 180, 5
ALIASED = 1_000  # versions of the model whose aliases move
NAMES = ("link", *(f"link{number}" for number in range(8)))

# What MLflow itself would have written, in its tables of 3.17.
MODELS = """
    INSERT INTO registered_models (name, creation_time, last_updated_time, workspace)
    SELECT name, 1764000000000, 1764000000000, 'default' FROM unnest(%s::text[]) AS name
"""
VERSIONS = """
    INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage,
                                source, status, workspace)
    SELECT name, number, 1764000000000 + number, 1764000000000 + number, 'None',
           's3://b/' || number, 'READY', 'default'
    FROM unnest(%s::text[]) AS name, generate_series(1, %s) AS number
"""
CHAMPION = """
    INSERT INTO registered_model_aliases (name, alias, version, workspace)
    VALUES (%s, 'champion', %s, 'default')
"""


@contextlib.contextmanager
def serving(environment: Path, folder: Path) -> Iterator[int]:
    """Run MLflow's server on a database of its own until it is ready; the port is yielded."""
    programs = install(environment)
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [programs / "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--backend-store-uri", make_database()]
    command += ["--default-artifact-root", (folder / "artifacts").as_uri()]
    with (folder / "mlflow.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_variables(programs), stdout=log, stderr=log, process_group=0
        )
    try:
        wait_for(process, port)
        yield port
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server with the processes that it started; its queues take long to end themselves."""
    os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def install(environment: Path) -> Path:
    """Return the folder of the environment's programs, made at the first time."""
    installed = environment / "packages.txt"
    if not installed.exists() or installed.read_text().split() != [*PACKAGES]:
        print(f"installing {' '.join(PACKAGES)} into {environment}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        pip = [environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES], check=True)
        installed.write_text("\n".join(PACKAGES))
    return environment / "bin"


def make_database() -> str:
    """Make an empty database beside Cairn's; return its address."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE mlflow")
    host = quote(connection.settings_dict["HOST"], safe="")
    return f"postgresql+psycopg://{connection.settings_dict['USER']}@/mlflow?host={host}"


def _variables(programs: Path) -> dict[str, str]:
    """MLflow starts its workers by the first python of the path."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": os.environ["HOME"], "MLFLOW_DISABLE_TELEMETRY": "true"}


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    content = request("GET", "/health", {})
    begun = time.perf_counter()
    while time.perf_counter() - begun < START_SECONDS and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = Connection(port)
            if connection.ask(content).status == 200:
                return connection.close()
        time.sleep(0.2)
    return sys.exit("MLflow did not start.")


def fill(versions: int, models: int) -> None:
    """Make a model of so many versions with an alias, one of ALIASED, and many small ones."""
    import psycopg
    from django.db import connection

    place = connection.settings_dict
    big = f"v{versions}"
    small = [f"seed{number:04}" for number in range(models)]
    with psycopg.connect(host=place["HOST"], user=place["USER"], dbname="mlflow") as database:
        database.execute(MODELS, [[*NAMES, big, "aliased", *small]])
        database.execute(VERSIONS, [[big], versions])
        database.execute(VERSIONS, [["aliased"], ALIASED])
        database.execute(VERSIONS, [small, 1])
        database.execute(CHAMPION, [big, versions])
        database.execute("ANALYZE")


def link(*names: str) -> Asked:
    """Make another version of one model, or of several in turn."""

    def make(number: int) -> bytes:
        body = {"name": names[number % len(names)], "source": f"s3://b/{number}"}
        return request("POST", f"{API}/model-versions/create", {}, body)

    return Asked(make, b'"version"')


def set_alias(aliases: int) -> Asked:
    def make(number: int) -> bytes:
        version = str(number % ALIASED + 1)
        body = {"name": "aliased", "alias": f"moving{number % aliases}", "version": version}
        return request("POST", f"{API}/registered-models/alias", {}, body)

    return Asked(make, b"{")


def get_by_alias(versions: int) -> Asked:
    return _get(f"registered-models/alias?name=v{versions}&alias=champion", b'"version"')


def list_versions(versions: int) -> Asked:
    condition = quote(f"name='v{versions}'")
    return _get(f"model-versions/search?filter={condition}&max_results=50", b'"version"')


def header(versions: int) -> Asked:
    return _get(f"registered-models/get?name=v{versions}", b'"registered_model"')


def search() -> Asked:
    condition = quote("name LIKE '%seed05%'")
    return _get(f"registered-models/search?filter={condition}", b'"seed0599"')


def _get(path: str, expected: bytes) -> Asked:
    content = request("GET", f"{API}/{path}", {})
    return Asked(lambda _number: content, expected)
