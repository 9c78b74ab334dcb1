"""Starts a server for a tool, as users start it, with the tool's DATA_DIR."""

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    ms: float

    @property
    def queries(self) -> int:
        match = re.search(r"(\d+) queries", self.headers.get("Server-Timing", ""))
        return int(match[1]) if match else 0


@dataclass
class Server:
    pid: int
    port: int
    seconds: float

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def client(self, *, timeout: float = 60, **headers: str) -> Callable[..., Answer]:
        """Return a function that sends GET, or POST with a body, over one open connection."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)

        def get(path: str, body: bytes | None = None) -> Answer:
            begun = time.perf_counter()
            connection.request("POST" if body else "GET", path, body, headers)
            response = connection.getresponse()
            body = response.read()
            ms = (time.perf_counter() - begun) * 1000
            return Answer(response.status, response.headers, body, ms)

        return get


@contextlib.contextmanager
def serving(log: Path | None = None, **environment: str) -> Iterator[Server]:
    """Run scripts/run until it is ready, and stop it afterwards; `log` gets what it reports."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    variables = os.environ | {"PORT": str(port)} | environment
    with log.open("w") if log else contextlib.nullcontext() as errors:
        process = subprocess.Popen(
            ["scripts/run"], env=variables, stdout=subprocess.DEVNULL, stderr=errors
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
