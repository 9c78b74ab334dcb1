"""The parts of scripts/bench peers, growth and tail; what they measure takes minutes."""

import json
from io import BytesIO

import pytest
from django.test import Client

from artifacts.models import Membership
from registries.services.organizations.organizations import create_organization_with_registries
from registry_site.accounts.services.keys.api_keys import create_api_key
from scripts.benchmarks.peers import cairn, growth, mlflow, peers, rounds
from scripts.benchmarks.peers.client import Answer, read_answer
from tests import factories


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Answer(200, b"hi")),
        (
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nhi\r\n4;x=y\r\n you\r\n0\r\n\r\n",
            Answer(404, b"hi you"),
        ),
    ],
)
def test_an_answer_is_read_to_its_end_and_no_further(raw, answer):
    stream = BytesIO(raw + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert read_answer(stream) == answer
    assert read_answer(stream) == Answer(200, b"")


def test_a_closed_connection_is_an_error():
    with pytest.raises(ConnectionError):
        read_answer(BytesIO())


def test_only_what_was_expected_counts():
    assert rounds.failure_of(Answer(200, b'{"data": 1}'), b"data") == ""
    assert rounds.failure_of(Answer(200, b'{"errors": 1}'), b"data") == '200 {"errors": 1}'
    assert rounds.failure_of(Answer(302, b"data"), b"data") == "302 data"


def test_a_summary_has_medians_and_spread():
    made = [
        rounds.Round(2.0, [1.0, 2.0, 3.0, 40.0]),
        rounds.Round(2.0, [1.0, 2.0], ["500 no"]),
        rounds.Round(2.0, [5.0] * 6),
    ]
    summary = rounds.Summary.of(made)
    assert (summary.per_second, summary.lowest, summary.highest) == (2.0, 1.0, 3.0)
    assert (summary.p50, summary.p95) == (3.0, 5.0)
    assert (summary.errors, summary.failure) == (1, "500 no")


def test_figures_of_an_earlier_run_are_kept(tmp_path, capsys):
    path = tmp_path / "peers.json"
    peers.keep(path, [{"work": "link", "clients": 1}, {"work": "home", "clients": 1, "n": 1}])
    peers.keep(path, [{"work": "home", "clients": 1, "n": 2}])
    link, home = json.loads(path.read_text())
    assert (link["work"], home["n"]) == ("link", 2)


def test_growth_shows_the_last_beside_the_first(capsys):
    figures = [
        {"work": "link", "size": size, "Cairn": {"p50": ms}}
        for size, ms in zip(growth.SIZES, (2.0, 3.0, 4.0), strict=True)
    ]
    growth.print_table(figures)
    assert capsys.readouterr().out.splitlines()[1].split() == ["link", "2.0", "3.0", "4.0", "2.00"]


def test_mlflow_is_asked_for_one_model_after_the_other():
    made = mlflow.link("a", "b").make
    assert b'"name": "b"' in made(3)
    assert make_lines(made(2))[0] == "POST /api/2.0/mlflow/model-versions/create HTTP/1.1"


@pytest.fixture
def seed(cast, alice):
    bloom = create_organization_with_registries(
        by=None, name=cairn.ORGANIZATION, entity_name=cairn.ENTITY
    )
    factories.set_organization_member(by=None, organization=bloom, user=alice, role="admin")
    factories.make_team(cairn.TEAM, bloom, alice="admin")
    seed = cairn.Seed()
    seed.grow(3)
    seed.grow(5)
    seed.name_champion()
    return seed


def test_seeds_are_numbered_as_operations_number_them(seed):
    for collection in (seed.source, seed.linked):
        members = Membership.objects.filter(collection=collection).order_by("index")
        assert [each.index for each in members] == [0, 1, 2, 3, 4]
        assert (collection.next_index, collection.version_count) == (5, 5)
        assert collection.aliases.get().membership == members[4]


@pytest.mark.slow
def test_every_request_is_answered_as_expected(seed, alice, monkeypatch):
    monkeypatch.setattr(cairn, "POOL", 2)
    monkeypatch.setattr(cairn, "COLLECTIONS", 60)
    seed.fill_shelves()
    api = cairn.Api(create_api_key(by=alice, user=alice, name="bench")[1])
    browser = Client()
    browser.force_login(alice)
    pages = cairn.Pages(browser.cookies["sessionid"].value)
    asked = [
        api.link(seed.fill_pool(), "shelf", shelves=2),
        api.set_alias(seed.versions()),
        api.get_by_alias(),
        api.list_versions(),
        *(pages.asked(name) for name in pages.addresses),
    ]
    for each in asked:
        for number in (0, 1, 7):
            answer = send(each.make(number))
            content = answer.getvalue()
            assert not rounds.failure_of(Answer(answer.status_code, content), each.expected)


def send(content):
    """What our server answers to the bytes of a request."""
    body = content.partition(b"\r\n\r\n")[2]
    first, *lines = make_lines(content)
    headers = dict(line.split(": ", 1) for line in lines)
    method, path, _version = first.split(" ")
    kind = headers.get("Content-Type", "text/plain")
    return Client().generic(method, path, body, kind, headers=headers)


def make_lines(content):
    return content.partition(b"\r\n\r\n")[0].decode().split("\r\n")
