"""What scripts/bench measures: each command is the function of that name."""

import contextlib
import html
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
HOST = "127.0.0.1"
DATA_DIR = Path(os.environ["DATA_DIR"])
ACCESS_LOG = DATA_DIR / "access.log"


# --------------------------------------------------------------- the server and its client
@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    ms: float

    @property
    def queries(self) -> int:
        found = re.search(r"(\d+) queries", self.headers.get("Server-Timing", ""))
        return int(found[1]) if found else 0


@dataclass
class Server:
    pid: int
    port: int
    seconds: float

    def client(self, **headers: str) -> Callable[[str], Answer]:
        """GET over one connection that stays open, as a browser does."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)

        def get(path: str) -> Answer:
            begun = time.perf_counter()
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            body = response.read()
            ms = (time.perf_counter() - begun) * 1000
            return Answer(response.status, response.headers, body, ms)

        return get


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Run scripts/run until it is ready, and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    log = f"--access-logfile {ACCESS_LOG} --access-logformat '%(D)s %(m)s %(U)s'"
    environment = {"PORT": str(port), "DEMO": "1", "SERVER_TIMING": "1", "GUNICORN_CMD_ARGS": log}
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["scripts/run"], env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    server = Server(process.pid, port, 0)
    try:
        while not is_ready(server):
            if process.poll() is not None or time.perf_counter() - begun > 300:
                sys.exit("The server did not start.")
            time.sleep(0.02)
        server.seconds = time.perf_counter() - begun
        yield server
    finally:
        process.terminate()
        process.wait()


def is_ready(server: Server) -> bool:
    try:
        return server.client()("/readyz").status == 200
    except OSError:
        return False


def first_person() -> Any:
    """Return the demo's first person, who sees most of it."""
    import django

    django.setup()
    from registry_site.accounts.models import User

    return User.objects.order_by("pk")[0]


def logged_in(server: Server) -> Callable[[str], Answer]:
    person = first_person()
    from django.test import Client

    client = Client()
    client.force_login(person)
    return server.client(Cookie=f"sessionid={client.cookies['sessionid'].value}")


def crawl(get: Callable[[str], Answer], each: int = 5) -> dict[str, str]:
    """Follow links from the home page; of each kind of page keep the address of the longest."""
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
    """Proportional set size in MB of a process and all below it."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {pid: int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        sizes |= memory_of(int(child))
    return sizes


# --------------------------------------------------------------- the commands
def start() -> None:
    """Seconds until the server answers: with nothing there, and with everything there."""
    for what in ("first start, with demo data", "second start"):
        with serving() as server:
            print(f"{what:30} {server.seconds:5.1f} s")


def memory() -> None:
    """Memory of all server processes: fresh, and after a visit to every kind of page."""
    with serving() as server:
        print_memory("fresh", server)
        for _ in range(6):  # new connections, to reach both workers
            crawl(logged_in(server))
        print_memory("after visits", server)


def print_memory(what: str, server: Server) -> None:
    sizes = memory_of(server.pid)
    each = " + ".join(f"{size:.0f}" for size in sizes.values())
    print(f"{what:15} {sum(sizes.values()):5.0f} MB = {each} (supervisor, workers)")


def pages(times: int = 30) -> None:
    """Time and queries of each kind of page, as the demo's first person sees it."""
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
    """What one log_artifact and one link_artifact of the real SDK cost: medians."""
    with serving() as server:
        person = first_person()
        from registry_site.accounts.services.api_keys import create_api_key

        _, key = create_api_key(by=person, user=person, name="bench")
        environment = os.environ | {
            "WANDB_BASE_URL": f"http://{HOST}:{server.port}",
            "WANDB_API_KEY": key,
            "WANDB_SILENT": "true",
            "WANDB_ERROR_REPORTING": "false",
            **{f"WANDB_{name}_DIR": str(DATA_DIR / name) for name in ("CACHE", "CONFIG", "DATA")},
        }
        command = [sys.executable, "-c", SDK_SCRIPT, str(ACCESS_LOG), str(rounds)]
        marks = subprocess.run(
            command, env=environment, cwd=DATA_DIR, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.splitlines()
    log = ACCESS_LOG.read_bytes()
    print(f"{'client ms':>9} {'server ms':>9} {'requests':>8}")
    for step in ("log_artifact", "link_artifact"):
        spans = [mark.split()[1:] for mark in marks if mark.startswith(step)]
        requests = [log[int(begin) : int(end)].split(b"\n")[:-1] for begin, end, _ in spans]
        print(
            f"{statistics.median(float(ms) for *_, ms in spans):9.1f}",
            f"{statistics.median(sum(map(server_ms, lines)) for lines in requests):9.1f}",
            f"{statistics.median(map(len, requests)):8g}  {step}",
        )


def server_ms(line: bytes) -> float:
    return int(line.split()[0]) / 1000


SDK_SCRIPT = """
import os, sys, time, wandb
log, rounds = sys.argv[1], int(sys.argv[2])

def measure(step, operation):
    begin, begun = os.path.getsize(log), time.perf_counter()
    operation()
    ms = (time.perf_counter() - begun) * 1000
    time.sleep(0.2)  # the server writes its log after it answered
    print(step, begin, os.path.getsize(log), ms)

with wandb.init(entity="flowers", project="bench") as run:
    for number in range(rounds):
        artifact = wandb.Artifact("bench", type="model")
        with artifact.new_file("model.txt") as file:
            file.write(f"weights {number}" * 1000)
        measure("log_artifact", lambda: run.log_artifact(artifact).wait())
        target = "wandb-registry-model/bench"
        measure("link_artifact", lambda: run.link_artifact(artifact, target))
"""

COMMANDS = {command.__name__: command for command in (start, memory, pages, sdk)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"Usage: scripts/bench {' | '.join(COMMANDS)} [--postgres]")
    shutil.rmtree(DATA_DIR)
    DATA_DIR.mkdir()
    try:
        COMMANDS[sys.argv[1]]()
    finally:
        shutil.rmtree(DATA_DIR)
