"""Clients that are slow, or mean to be, against the server as scripts/run starts it.

Each of these kept every thread of gunicorn's own worker; scripts/drill has more, and figures.
"""

import base64
import contextlib
import http.client
import socket
import time

import pytest

from tests.journeys.test_production_server import KEY, Server

pytestmark = pytest.mark.slow
MANY = 120  # connections; 32 threads answer
POST = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
    + base64.b64encode(f"api:{KEY}".encode())
    + b"\r\n"
)
GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
HALVES = {
    "head": b"GET /hea",
    "short body": POST + b'Content-Length: 2000\r\n\r\n{"query": "',
    "long body": POST + b"Content-Length: 500000\r\n\r\n{" + b" " * 400_000,
    "chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n{",
    "nothing": b"",
    "idle": GET % (b"/healthz", b""),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"))
    running.request("GET", "/healthz")
    yield running
    running.stop()


@contextlib.contextmanager
def connections(server, number, first):
    """So many connections on which this was sent, and not more."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connection(server, first)) for _number in range(number)]


def connection(server, first=b""):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(20)
    one.connect(("127.0.0.1", server.port))
    one.sendall(first)
    return one


def wait_of_others(server):
    """How long somebody else waits for an answer; a little while for those before to settle."""
    time.sleep(1)
    begun = time.monotonic()
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    client.request("GET", "/healthz")
    assert client.getresponse().status == 200
    client.close()
    return time.monotonic() - begun


@pytest.mark.parametrize("half", HALVES)
def test_others_are_served_beside(server, half):
    with connections(server, MANY, HALVES[half]):
        assert wait_of_others(server) < 4


def test_others_are_served_beside_unread_downloads(server):
    server.log("large", {"large": bytes(8 * 2**20)})
    project = server.ask(
        """{ project(name: "p", entityName: "flowers") {
        artifactCollectionMembership(name: "large:v0") { files(first: 1) { edges { node {
        directUrl } } } } } }"""
    )["project"]
    [edge] = project["artifactCollectionMembership"]["files"]["edges"]
    path = edge["node"]["directUrl"].partition(str(server.port))[2].encode()
    with connections(server, MANY, GET % (path, b"")) as readers:
        assert wait_of_others(server) < 4
        last = http.client.HTTPResponse(readers[-1])  # and a slow one gets it whole
        last.begin()
        assert last.read() == bytes(8 * 2**20)


def test_a_head_has_ten_seconds(server):
    begun = time.monotonic()
    with connection(server, HALVES["head"]) as half, connection(server) as silent:
        assert half.recv(100).startswith(b"HTTP/1.1 408 ")
        assert silent.recv(100) == b""
    assert 9 < time.monotonic() - begun < 15


def test_a_head_that_never_ends_is_refused(server):
    with connection(server, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 12_000) as endless:
        assert endless.recv(100).startswith(b"HTTP/1.1 431 ")


def test_requests_in_a_row_and_in_pieces(server):
    """Two at once, the second cut in two, and one whose client waits before its body."""
    whole = GET % (b"/healthz", b"")
    with connection(server, whole + whole[:9]) as one:
        assert http_response(one) == b'{"status": "alive"}'
        one.sendall(whole[9:])
        assert http_response(one) == b'{"status": "alive"}'
        one.sendall(POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert one.recv(100).startswith(b"HTTP/1.1 100 ")
        one.sendall(b"{ }")
        assert one.recv(100).startswith(b"HTTP/1.1 400 ")


def http_response(sock):
    answer = http.client.HTTPResponse(sock)
    answer.begin()
    return answer.read()


def test_one_address_has_so_many_connections(server):
    """Those that only wait make room for new ones of the same address."""
    with connections(server, 1_100, b"GET /hea"):  # 500 for each of two processes
        assert wait_of_others(server) < 4


@pytest.mark.parametrize("name", [b"SCRIPT_NAME", b"Script_Name", b"Script-Name", b"Path_Info"])
def test_what_a_header_says_of_the_path_is_ignored(server, name):
    with connection(server, GET % (b"/healthz", name + b": /elsewhere\r\n")) as one:
        assert http_response(one) == b'{"status": "alive"}'


def test_no_scheme_is_taken_from_a_header_of_nobody(server):
    """Without TRUSTED_PROXY: https would come with HSTS."""
    with connection(server, GET % (b"/healthz", b"X-Forwarded-Proto: https\r\n")) as one:
        assert b"Strict-Transport-Security" not in one.recv(1000)
