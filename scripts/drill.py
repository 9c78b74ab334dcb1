"""scripts/drill: how much slow or hostile clients slow down the others."""

import contextlib
import os
import resource
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import django

from scripts.serving import HOST, Server, serving

PATIENCE = 10  # seconds, after which an answer counts as missing
LARGE = 64 * 2**20  # bytes of the file that nobody reads to its end
MANY = (60, 120, 500)  # connections
LOGINS = 48  # logins at the same time
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nCookie: csrftoken=" + b"a" * 32


def main(names: list[str]) -> None:
    """Run the drills of these names, or all, each against a fresh server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
    django.setup()
    for name in names or DRILLS:
        with serving(Path(os.environ["DATA_DIR"]) / "drill.log") as server:
            DRILLS[name](server)


def report(what: str, server: Server) -> None:
    """Print how long other clients wait, each with a connection of its own."""
    waits: list[float] = []
    while len(waits) < 20 and max(waits, default=0) < PATIENCE:
        begun = time.perf_counter()
        with contextlib.suppress(OSError):
            server.client(timeout=PATIENCE)("/login")
        waits.append(time.perf_counter() - begun)
    waits.sort()
    print(
        f"{what:44} median {waits[len(waits) // 2] * 1000:7.1f} ms, longest"
        f" {waits[-1] * 1000:8.1f} ms, {memory_of(server):4.0f} MB"
        f"{'  NO ANSWER' if waits[-1] >= PATIENCE else ''}",
        flush=True,
    )


def memory_of(server: Server) -> float:
    """Return the proportional set size of all its processes, in MB."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    size = 0
    for pid in (server.pid, *children):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        size += next(int(line.split()[1]) for line in rollup.splitlines() if "Pss:" in line)
    return size / 1000


@contextlib.contextmanager
def holding(server: Server, number: int, first: bytes, drip: bytes = b"") -> Iterator[None]:
    """Keep so many open connections on which `first` was sent, and `drip` after a second."""
    sockets = [socket.socket() for _number in range(number)]
    try:
        for one in sockets:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(1)
            with contextlib.suppress(OSError):
                one.connect((HOST, server.port))
                one.sendall(first)
        time.sleep(1 + number / 100)  # time for complete requests to be answered
        for one in sockets if drip else ():
            with contextlib.suppress(OSError):
                one.sendall(drip)
        yield
    finally:
        for one in sockets:
            one.close()
        time.sleep(2)


def half_sent(what: str, first: bytes, drip: bytes = b"") -> Callable[[Server], None]:
    def drill(server: Server) -> None:
        for number in MANY:
            with holding(server, number, first, drip):
                report(f"{number} {what}", server)

    return drill


def post(path: str, *headers: bytes, body: bytes) -> bytes:
    head = [f"POST {path} HTTP/1.1".encode(), b"Host: " + HOST.encode(), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def readers(server: Server) -> None:
    """Start downloads of a large file, of which the clients read only the first bytes."""
    from artifacts import signing
    from artifacts.store import store

    zeros = bytes(2**20)
    with store().receive(lambda size: zeros[:size], LARGE) as arrived:
        arrived.keep()
    path = signing.download_path(arrived.sha256, "large.bin")
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    half_sent("downloads that nobody reads", request)(server)


def idle(server: Server) -> None:
    request = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    for number in (500, 2500):
        with holding(server, number, request):
            report(f"{number} idle connections", server)


def logins(server: Server) -> None:
    """Send many unknown logins at once, each with a password of its own."""
    before, most, seconds = memory_of(server), 0.0, time.perf_counter()
    with ThreadPoolExecutor(LOGINS) as pool:
        answers = [pool.submit(login, server, number) for number in range(LOGINS)]
        while not all(answer.done() for answer in answers):
            most = max(most, memory_of(server))
    seconds = time.perf_counter() - seconds
    statuses = Counter(answer.result() for answer in answers)
    print(
        f"{LOGINS} logins at once: {seconds:.1f} s, {before:.0f} MB before, {most:.0f} MB at most,"
        f" answers {dict(statuses)}"
    )


def login(server: Server, number: int) -> int:
    """Return the status of the answer: 422, once the password was checked."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Cookie": f"csrftoken={'a' * 32}"}
    fields = {"csrfmiddlewaretoken": "a" * 32, "username": number, "password": f"{number}-drill"}
    return server.client(**headers)("/login", urlencode(fields).encode()).status


DRILLS: dict[str, Callable[[Server], None]] = {
    "heads": half_sent("half a head each", b"GET /hea", b"l"),
    "forms": half_sent(
        "forms, 10 of 2,000 bytes",
        post("/login", FORM, b"Content-Length: 2000", body=b"username=a"), b"b",
    ),
    "api": half_sent(
        "forms, all but 2 bytes of 1 MiB",
        post("/login", FORM, b"Content-Length: 1048576", body=b"a=" + b"x" * (2**20 - 5)), b"b",
    ),
    "chunks": half_sent(
        "bodies in chunks, half of one",
        post("/login", FORM, b"Transfer-Encoding: chunked", body=b"1000\r\nusername=a"), b"b",
    ),
    "readers": readers,
    "idle": idle,
    "logins": logins,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])
