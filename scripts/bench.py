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


def logged_in(server: Server) -> Callable[[str], Answer]:
    """Return a client with the session of the demo's first person."""
    import django
    from django.contrib.auth import get_user_model
    from django.test import Client

    django.setup()
    client = Client()
    client.force_login(get_user_model().objects.order_by("pk")[0])
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
        print(f"{'p50 ms':>7} {'p95 ms':>7} {'queries':>7} {'kB':>6}  page")
        for kind, path in sorted(crawl(get).items()):
            answers = [get(path) for _ in range(times)]
            ms = statistics.quantiles([answer.ms for answer in answers], n=20)
            size = len(answers[-1].body) / 1000
            queries = answers[-1].queries
            print(f"{ms[9]:7.1f} {ms[18]:7.1f} {queries:7} {size:6.1f}  {kind}  {path}")


COMMANDS = {command.__name__: command for command in (start, memory, pages)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"Usage: scripts/bench {' | '.join(COMMANDS)} [--postgres]")
    shutil.rmtree(DATA_DIR)
    DATA_DIR.mkdir()
    try:
        COMMANDS[sys.argv[1]]()
    finally:
        shutil.rmtree(DATA_DIR)
