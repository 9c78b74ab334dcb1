"""Runs scripts/walk with release after release of the SDK, and reports what works."""

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.releases.releases import install, last_releases
from scripts.releases.table import StepResult, gaps_in, print_table
from scripts.serving import serving

DATA_DIR = Path(os.environ["DATA_DIR"])
PEOPLE, SERVER_LOG = Path(".cache/compat-people.json"), Path(".cache/compat-server.log")
MOST_SECONDS = 1200  # limit for a part of the walk; each step has its own


def main() -> int:
    arguments = read_arguments()
    if arguments.url and not PEOPLE.exists():
        sys.exit(f"Made {people()}: give it to that server's `manage.py provision`, then repeat.")
    pythons = {release: install(release) for release in last_releases(arguments.series)}
    if arguments.url:
        walks = {release: walk(release, pythons[release], arguments.url) for release in pythons}
        return 1 if print_table(walks) else 0
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    DATA_DIR.mkdir()
    try:
        with serving(SERVER_LOG, DEMO="0") as server:
            provision(people())
            walks = {release: walk(release, pythons[release], server.url) for release in pythons}
    finally:
        shutil.rmtree(DATA_DIR)
    bugs = re.findall(r"Report \w+: .*", SERVER_LOG.read_text())
    gaps = print_table(walks)
    print("".join(f"bug   of the server, in {SERVER_LOG}: {bug}\n" for bug in bugs), end="")
    return 1 if gaps or bugs else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/compat", description=__doc__)
    parser.add_argument("series", nargs="*", metavar="SERIES", help="as 0.25; all without")
    parser.add_argument(
        "--url",
        help=f"of a server for tests that knows the people of {PEOPLE} by `manage.py provision`; "
        "without, one is started for this",
    )
    return parser.parse_args()


# --------------------------------------------------------------- the people
def people() -> Path:
    """Return the file for provision, made once, with keys that nobody can guess."""
    if not PEOPLE.exists():
        PEOPLE.touch(mode=0o600)
        PEOPLE.write_text(json.dumps(document(), indent=1))
    return PEOPLE


def document() -> dict[str, list]:
    ana, vic = "compat-ana", "compat-vic"
    roles = [{"username": ana, "role": "admin"}, {"username": vic, "role": "viewer"}]
    team, organization = "compat-team", "Compat Labs"
    return {
        "users": [
            {"username": name, "api_keys": [{"name": "compat", "key": secrets.token_hex(20)}]}
            for name in (ana, vic)
        ],
        "organizations": [{"name": organization, "entity": "compat-labs", "members": roles}],
        "teams": [{"name": team, "organization": organization, "members": roles}],
    }


def provision(path: Path) -> None:
    command = [sys.executable, "manage.py", "provision", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def keys() -> dict[str, str]:
    """Return the API key of each part of the walk; that of `nobody` is well formed, but unknown."""
    ana, vic = (user["api_keys"][0]["key"] for user in json.loads(people().read_text())["users"])
    return {"member": ana, "viewer": vic, "nobody": secrets.token_hex(20)}


# --------------------------------------------------------------- the walk
def walk(release: str, python: Path, url: str) -> list[StepResult]:
    """Run all parts with this release; return the outcome of each step."""
    begun = time.monotonic()
    name = f"walk-{release.replace('.', '-')}-{secrets.token_hex(2)}"
    results: list[StepResult] = []
    for part, key in keys().items():
        with tempfile.TemporaryDirectory(prefix="cairn-compat-") as home:
            steps = Path(home, "steps.jsonl")
            environment = sdk_environment(home, url, key) | {"COMPAT_NAME": name}
            ended = run_part(python, part, steps, environment)
            lines = steps.read_text().splitlines() if steps.exists() else []
            results += [StepResult(**json.loads(line)) for line in lines]
        if ended:
            results.append(StepResult(f"{part}: come to the end", "failed", ended))
    gaps, seconds = len(gaps_in(release, results)), time.monotonic() - begun
    print(f"{release:8} {len(results)} steps, {gaps} gaps, {seconds:.0f} s", flush=True)
    return results


def run_part(python: Path, part: str, steps: Path, environment: dict[str, str]) -> str:
    """Return why the process ended early, "" where it did not."""
    command = [python.absolute(), "-m", "scripts.walk", part, steps]
    try:
        done = subprocess.run(
            command,
            cwd=steps.parent,
            env=environment,
            timeout=MOST_SECONDS,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {MOST_SECONDS} s"
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def sdk_environment(home: str, url: str, key: str) -> dict[str, str]:
    """Return the variables for a script: address, key, its own home, no waiting for retries."""
    places = {f"WANDB_{what}_DIR": f"{home}/{what}" for what in ("CACHE", "CONFIG", "DATA")}
    return {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        **places,
        "HOME": home,
        "PYTHONPATH": str(Path.cwd()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WANDB_DIR": home,
        "WANDB_BASE_URL": url,
        "WANDB_API_KEY": key,
        "WANDB_ENTITY": "compat-team",
        "WANDB_CONSOLE": "off",
        "WANDB_ERROR_REPORTING": "false",
        "WANDB__DISABLE_STATS": "true",
        "WANDB__DISABLE_META": "true",
        "WANDB__GRAPHQL_RETRY_MAX": "2",
        "WANDB_INIT_TIMEOUT": "30",
    }


if __name__ == "__main__":
    sys.exit(main())
