"""What scripts/bench measures: each command is the function of that name."""

import contextlib
import html
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.benchmarks import api as bench_api
from scripts.benchmarks import compare as bench_compare
from scripts.benchmarks import files as bench_files
from scripts.benchmarks import lineage as bench_lineage
from scripts.benchmarks.peers import growth as bench_growth
from scripts.benchmarks.peers import peers as bench_peers
from scripts.benchmarks.peers import tail as bench_tail
from scripts.serving import Answer, Server
from scripts.serving import serving as serve
from tests.pg import running_postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
DATA_DIR = Path(os.environ["DATA_DIR"])
ACCESS_LOG = DATA_DIR / "access.log"
PEERS = DATA_DIR.parent / "bench-peers"  # what outlives a run: MLflow's environment, the figures


# --------------------------------------------------------------- the server and who visits it
def serving() -> contextlib.AbstractContextManager[Server]:
    """Return a server with the demo data that reports each answer's duration, and logs it too."""
    form = "%(D)s %(m)s %(U)s %({server-timing}o)s"
    log = f"--access-logfile {ACCESS_LOG} --access-logformat '{form}'"
    return serve(DEMO="1", SERVER_TIMING="1", GUNICORN_CMD_ARGS=log)


def first_person() -> Any:
    """Return the demo's first person, who sees most of it."""
    import django

    django.setup()
    from registry_site.accounts.models import User

    return User.objects.order_by("pk")[0]


def logged_in(server: Server) -> Callable[[str], Answer]:
    return server.client(Cookie=f"sessionid={new_session()}")


def new_session() -> str:
    person = first_person()
    from django.test import Client

    client = Client()
    client.force_login(person)
    return str(client.cookies["sessionid"].value)


@contextlib.contextmanager
def serving_on_postgres() -> Iterator[Server]:
    """Run the server as users start it, on a PostgreSQL with its stock settings."""
    with running_postgres() as address:
        os.environ["DATABASE_URL"] = address
        with serve(DEMO="1") as server:
            yield server


def crawl(get: Callable[[str], Answer], each: int = 5) -> dict[str, str]:
    """Follow links from the home page; return the address of the longest page of each kind."""
    from django.urls import Resolver404, resolve

    seen, queue = {"/"}, deque(["/"])
    pages: dict[str, list[tuple[int, str]]] = defaultdict(list)
    while queue:
        path = queue.popleft()
        try:
            kind = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        if len(pages[kind]) == each:
            continue
        answer = get(path)
        if answer.status >= 400:
            print(f"{answer.status} {path}", file=sys.stderr)
        links = re.findall(r'href="(/[^"#]*)', answer.body.decode(errors="replace"))
        links.append(answer.headers.get("Location", "/"))
        if answer.status == 200 and answer.headers.get_content_type() == "text/html":
            pages[kind].append((len(answer.body), path))
        for link in map(html.unescape, links):
            if link.startswith("/") and link not in seen:
                seen.add(link)
                queue.append(link)
    return {kind: max(found)[1] for kind, found in pages.items() if found}


def memory_of(pid: int) -> dict[int, float]:
    """Return the proportional set size in MB of a process and all below it, by pid."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {pid: int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        sizes |= memory_of(int(child))
    return sizes


# --------------------------------------------------------------- the commands
def start() -> None:
    """Print the seconds until the server answers: with no data, and with everything prepared."""
    for what in ("first start, with demo data", "second start"):
        with serving() as server:
            print(f"{what:30} {server.seconds:5.1f} s")


def memory() -> None:
    """Print the memory of all server processes: fresh, and after a visit to every kind of page."""
    with serving() as server:
        print_memory("fresh", server)
        for _ in range(6):  # on new connections, to reach both workers
            crawl(logged_in(server))
        print_memory("after visits", server)


def print_memory(what: str, server: Server) -> None:
    sizes = memory_of(server.pid)
    each = " + ".join(f"{size:.0f}" for size in sizes.values())
    print(f"{what:15} {sum(sizes.values()):5.0f} MB = {each} (supervisor, workers)")


def pages(times: int = 30) -> None:
    """Print time and queries of each kind of page, as the demo's first person sees it."""
    with serving() as server:
        get = logged_in(server)
        print(f"{'min ms':>7} {'p50 ms':>7} {'p95 ms':>7} {'queries':>7} {'kB':>6}  page")
        for kind, path in sorted(crawl(get).items()):
            answers = [get(path) for _ in range(times)]
            ms = sorted(answer.ms for answer in answers)
            p50, p95 = ms[times // 2], ms[times * 95 // 100]
            size = len(answers[-1].body) / 1000
            queries = answers[-1].queries
            print(f"{ms[0]:7.1f} {p50:7.1f} {p95:7.1f} {queries:7} {size:6.1f}  {kind}  {path}")


def sdk(rounds: int = 7) -> None:
    """Print what one log, one link and one use by the real SDK cost the server: medians."""
    with serving() as server:
        environment = os.environ | {
            "WANDB_BASE_URL": server.url,
            "WANDB_API_KEY": new_api_key(),
            "WANDB_SILENT": "true",
            "WANDB_ERROR_REPORTING": "false",
            **{f"WANDB_{name}_DIR": str(DATA_DIR / name) for name in ("CACHE", "CONFIG", "DATA")},
        }
        command = [sys.executable, "-c", SDK_SCRIPT, str(ACCESS_LOG), str(rounds)]
        marks = subprocess.run(
            command, env=environment, cwd=DATA_DIR, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.splitlines()
    log = ACCESS_LOG.read_bytes()
    costs: dict[str, list[tuple[float, int]]] = defaultdict(list)  # ms and queries by operation
    print(f"{'client ms':>9} {'server ms':>9} {'requests':>8} {'queries':>7}")
    for step in ("log_artifact", "link_artifact", "use_artifact", "download"):
        spans = [mark.split()[1:] for mark in marks if mark.startswith(step)]
        rounds_of = [cost_of(log[int(begin) : int(end)]) for begin, end, _ in spans]
        for name, ms, queries in (each for requests in rounds_of for each in requests):
            costs[f"{step}: {name}"].append((ms, queries))
        print(
            f"{statistics.median(float(ms) for *_, ms in spans):9.1f}",
            f"{statistics.median(sum(ms for _, ms, _ in each) for each in rounds_of):9.1f}",
            f"{statistics.median(map(len, rounds_of)):8g}",
            f"{statistics.median(sum(n for *_, n in each) for each in rounds_of):7g}  {step}",
        )
    print(f"\n{'ms':>6} {'queries':>7} {'times':>5}")
    for name, each in costs.items():
        ms, queries = (statistics.median(values) for values in zip(*each, strict=True))
        print(f"{ms:6.1f} {queries:7g} {len(each) / rounds:5.1f}  {name}")


def new_api_key() -> str:
    person = first_person()
    from registry_site.accounts.services.keys.api_keys import create_api_key

    return create_api_key(by=person, user=person, name="bench")[1]


def cost_of(log: bytes) -> list[tuple[str, float, int]]:
    """Return operation, milliseconds and queries of each request in a part of the access log."""
    requests = []
    for line in log.decode().splitlines():
        microseconds, method, path, timing = line.split(" ", 3)
        name = re.search(r"operation;desc=\W+(\w+)", timing)
        queries = re.search(r"(\d+) queries", timing)
        what = name[1] if name else f"{method} /{path.split('/')[1]}"
        requests.append((what, int(microseconds) / 1000, int(queries[1]) if queries else 0))
    return requests


SDK_SCRIPT = """
import os, sys, time, wandb
log, rounds = sys.argv[1], int(sys.argv[2])

def measure(step, operation):
    begin, begun = os.path.getsize(log), time.perf_counter()
    result = operation()
    ms = (time.perf_counter() - begun) * 1000
    time.sleep(0.2)  # the server writes its log after it answered
    print(step, begin, os.path.getsize(log), ms)
    return result

with wandb.init(entity="flowers", project="bench") as run:
    for number in range(rounds):
        artifact = wandb.Artifact("bench", type="model")
        with artifact.new_file("model.txt") as file:
            file.write(f"weights {number}" * 1000)
        measure("log_artifact", lambda: run.log_artifact(artifact).wait())
        target = "wandb-registry-model/bench"
        measure("link_artifact", lambda: run.link_artifact(artifact, target))
        used = measure("use_artifact", lambda: run.use_artifact(f"{target}:v{number}"))
        measure("download", lambda: used.download(root=f"got{number}", skip_cache=True))
"""


def api() -> None:
    """Print the API's operations per second by 1 and by 8 clients."""
    with serving() as server:
        bench_api.run(server, new_api_key())


def lineage() -> None:
    """Print times of the lineage page with 10, 100 and 1,000 nodes of 5,000, and the memory."""
    with serving() as server:
        get = logged_in(server)
        bench_lineage.run(get, lambda what: print_memory(what, server))


def compare() -> None:
    """Print times of pages that compare 100,000 files each, and the memory after each."""
    with serving() as server:
        get = logged_in(server)
        bench_compare.run(get, lambda: sum(memory_of(server.pid).values()))


def files() -> None:
    """Print time, throughput and memory of downloads: a large zip, a large file, long folders."""
    with serving() as server:
        bench_files.run(server, new_api_key(), logged_in(server), memory_of)


def peers(*works: str) -> None:
    """Print the same work by MLflow and by Cairn; with names of works, only these."""
    with serving_on_postgres() as server:
        bench_peers.run(server, new_api_key(), new_session(), PEERS, list(works))


def growth() -> None:
    """Print times of the same work with 100, 10,000 and 100,000 versions."""
    with serving_on_postgres() as server:
        bench_growth.run(server, new_api_key(), new_session(), PEERS)


def tail() -> None:
    """Print the longest times of reads at half the rate that the server can do."""
    with serving_on_postgres() as server:
        bench_tail.run(server, new_api_key(), new_session())


COMMANDS: dict[str, Callable[..., None]] = {
    command.__name__: command
    for command in (start, memory, pages, sdk, api, lineage, compare, files, peers, growth, tail)
}

if __name__ == "__main__":
    name, *rest = sys.argv[1:] or [""]
    if name not in COMMANDS or (rest and name != "peers"):
        sys.exit(f"Usage: scripts/bench {' | '.join(COMMANDS)} [--postgres]; peers [WORK…]")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # servers end, too
    shutil.rmtree(DATA_DIR)
    DATA_DIR.mkdir()
    try:
        COMMANDS[name](*rest)
    finally:
        shutil.rmtree(DATA_DIR)
