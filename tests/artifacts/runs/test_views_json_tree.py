"""Trees of what was logged: small pages, on which everything can be reached."""

import html
import json
import re

import pytest
from django.http import QueryDict
from django.urls import reverse

from artifacts.models import Run
from artifacts.views.json_tree.json_tree import MOST_BYTES, MOST_ROWS, Place, tree_of
from registry_site.texts.json_text import keeps_order, read_object
from tests import factories

LIMIT = 150 * 1024  # bytes of a page
DEEP = {"a": 1}
for _level in range(400):
    DEEP = {"deeper & deeper": [DEEP]}
HOSTILE = {
    "many small objects": {f"k{n}": {"x": {"y": n}} for n in range(10_000)},
    "a list of objects": {"boxes": [{"x": n, "y": [n, {"z": n}]} for n in range(8_000)]},
    "long texts": {f"text{n}": "<&\"'>" * 3_000 for n in range(60)},
    "one text": {"text": "<" * 300_000},
    "long keys": {f"{'&' * 3_000}{n}": {"a": 1} for n in range(60)},
    "deep": DEEP,
    "numbers": {"all": list(range(30_000))},
    "wide": {f"k{n}": {f"<{m}>": "日本" * 200 for m in range(50)} for n in range(50)},
    "many keys": {f"k{n}": n for n in range(30_000)},
}


def tree(value, query="", **place):
    return tree_of(value, Place("data", "/page", QueryDict(query), **place), label="Data")


def follow(value, url):
    return tree(value, url.partition("?")[2].partition("#")[0])


def leaves(value, shown):
    """All keys and texts that links lead to, as a person would find them."""
    while True:
        for row in shown.rows:
            yield from below(value, row)
        if not shown.next_url:
            return
        shown = follow(value, shown.next_url)


def below(value, row):
    if row.rows:
        for each in row.rows:
            yield from below(value, each)
    elif row.count:
        yield from leaves(value, follow(value, row.url))
    elif row.url:
        yield row.key, "".join(text for _key, text in leaves(value, follow(value, row.url)))
    else:
        yield row.key, row.text


def test_everything_is_reached_by_links():
    value = {
        "few": {"b": 1, "a": [1, 2], "c": {}},
        "many": [{"n": n} for n in range(250)],
        "deep": [[[[[[[[[[[[[["x"]]]]]]]]]]]]]],
        "long": "é<" * 10_000,
        "flat": list(range(120)),
        "wide": {f"k{n:02}": {"t": "y" * 900} for n in range(60)},
    }

    def everything(value, key=""):
        if isinstance(value, dict) and value:
            for name, item in sorted(value.items()):
                yield from everything(item, name)
        elif isinstance(value, list) and (len(value) > 50 or isinstance(value[0], dict | list)):
            for number, item in enumerate(value):
                yield from everything(item, str(number))
        else:
            yield key, value if isinstance(value, str) else json.dumps(value)

    assert sorted(leaves(value, tree(value))) == sorted(everything(value))


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_tree_is_small(name):
    shown = tree(HOSTILE[name])
    assert 0 < len(shown.rows) <= MOST_ROWS
    assert sum(size(row) for row in shown.rows) < MOST_BYTES + 10_000


def size(row):
    return row.size + sum(size(each) for each in row.rows)


def test_small_things_are_shown_at_once_and_large_ones_behind_a_link():
    shown = tree({"a": {"b": {"c": 1}}, "large": {f"k{n}": n for n in range(51)}})
    assert [(row.key, bool(row.rows), row.url) for row in shown.rows] == [
        ("a", True, ""),
        ("large", False, "/page?data_at=1#data"),
    ]
    assert shown.rows[0].rows[0].rows[0].text == "1"
    assert (shown.summary, shown.crumbs) == ("", [])


def test_a_part_has_its_way_back():
    value = {"a": {"b": [[n] for n in range(300)]}}
    part = tree(value, "data_at=0.0&data_from=100")
    assert part.rows[0].key == "100"
    assert part.summary == "101 to 200 of 300"
    assert [crumb["label"] for crumb in part.crumbs] == ["Data", "a", "b"]
    assert follow(value, part.previous_url).rows[0].key == "0"
    assert follow(value, part.crumbs[1]["url"]).rows[0].key == "b"


@pytest.mark.parametrize(
    "query",
    [
        "data_at=x",
        "data_at=9.9",
        "data_at=-1",
        "data_at=0..0",
        "data_from=99999999",
        "data_from=x",
        "data_at=0.0.0.0",
        "data_at=²",
        "data_at=" + "0." * 9_000,
    ],
)
def test_wrong_addresses_show_what_there_is(query):
    assert tree({"a": {"b": "c"}}, query).rows


@pytest.mark.parametrize("value", [[], 0, "", "text", None, [1, 2], {"a": {}}])
def test_plain_values(value):
    assert len(tree(value).rows) == 1


def test_nothing_is_no_tree():
    assert tree({}) is None


def test_keys_stand_as_they_were_written_or_in_natural_order():
    value = {"step10": 1, "step9": {"z": 1, "a": 2}, "Alpha": 3}
    written = tree(value, is_ordered=True)
    assert [row.key for row in written.rows] == ["step10", "step9", "Alpha"]
    assert [row.key for row in written.rows[1].rows] == ["z", "a"]
    assert tree(value, "data_at=1.0", is_ordered=True).path == "step9.z"
    assert [row.key for row in tree(value).rows] == ["Alpha", "step9", "step10"]


def test_a_filter_finds_keys_and_values_however_deep():
    value = {"model": {"Rate": 0.5, "boxes": [{"name": "rated"}]}, "other": "RATE", "x": [1, 2]}
    shown = tree(value, "data_q=rate")
    assert [(row.key, row.text) for row in shown.rows] == [
        ("model.boxes.0.name", "rated"),
        ("model.Rate", "0.5"),
        ("other", "RATE"),
    ]
    assert (shown.summary, shown.find) == ("3 values fit", "rate")
    assert [row.key for row in tree(value, "data_q=name+rate").rows] == ["model.boxes.0.name"]
    nothing = tree(value, "data_q=nothing")
    assert (nothing.rows, nothing.summary, nothing.url) == ([], "0 values fit", "/page")
    assert tree(value, "data_q=x", has_filter=False).rows[0].key == "model"


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("word", ["k", "<", "a"])
def test_what_a_filter_finds_is_small(name, word):
    shown = tree(HOSTILE[name], f"data_q={word}")
    assert len(shown.rows) <= MOST_ROWS
    assert sum(row.size for row in shown.rows) < MOST_BYTES + 15_000


def test_only_a_long_tree_has_a_filter():
    assert tree({"a": 1}).url == ""
    assert tree({f"k{number}": number for number in range(13)}).url == "/page"


# ------------------------------------------------------------------ pages


@pytest.fixture(params=HOSTILE)
def hostile(request):
    return HOSTILE[request.param]


def linked(page, text):
    return [html.unescape(url) for url in re.findall(r'href="([^"]+)"', page) if text in url]


@pytest.mark.slow
def test_pages_are_small_whatever_was_logged(client, alice, project, version, hostile):
    run = Run.objects.create(
        project=project, name="r1", display_name="r1", user=alice, config=hostile, summary=hostile
    )
    version.metadata, version.run = hostile, run
    version.save()
    client.force_login(alice)
    metadata = f"{version.memberships.get().get_absolute_url()}/metadata"
    for url in (metadata, run.get_absolute_url()):
        answer = client.get(url)
        assert answer.status_code == 200
        assert len(answer.content) < LIMIT
        for link in linked(answer.text, "_at=")[:1] + linked(answer.text, "_from=")[:1]:
            more = client.get(link)
            assert len(more.content) < LIMIT
    for url in linked(client.get(metadata).text, ".json"):
        assert json.loads(client.get(url).content) == hostile


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data.json", "data.jsonl", "data.table.json"])
def test_previews_are_small_whatever_was_logged(client, alice, sequence, hostile, name):
    text = json.dumps(hostile)
    if name.endswith(".table.json"):
        rows = [[text[:500]] * 100] * 150
        text = json.dumps({"columns": ["<c>"] * 100, "data": rows})
    version = factories.make_version(sequence, by=alice, files={name: text.encode()})
    client.force_login(alice)
    url = f"{version.memberships.get().get_absolute_url()}/files"
    answer = client.get(url, {"file": name})
    assert answer.status_code == 200
    assert len(answer.content) < LIMIT


@pytest.mark.slow
def test_json_of_a_version_and_a_run(client, alice, charlie, project, version, collection):
    run = Run.objects.create(project=project, name="r1", user=alice, config={"lr": {"value": 1}})
    version.metadata = {"é": 1}
    version.save()
    membership = factories.make_membership(collection, version, by=alice)
    place = [project.entity.name, project.name]
    addresses = {
        reverse("artifacts:run_config", args=[*place, run.name]): {"lr": {"value": 1}},
        reverse("artifacts:run_summary", args=[*place, run.name]): {},
        reverse("artifacts:version_metadata", args=[*place, "model", "iris-model", "v0"]): {"é": 1},
        f"{membership.get_absolute_url()}/-/metadata.json": {"é": 1},
    }
    for url, value in addresses.items():
        client.force_login(alice)
        answer = client.get(url)
        assert json.loads(answer.content) == value
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        client.force_login(charlie)
        assert client.get(url).status_code == 404
        client.logout()
        assert client.get(url).status_code == 302


def test_metadata_and_json_files_keep_their_order(client, alice, sequence):
    text = b'{"zeta": NaN, "alpha": {"y": -Infinity, "x": 1e999}, "middle": 1}'
    version = factories.make_version(sequence, by=alice, files={"order.json": text})
    version.metadata = read_object(text.decode(), "metadata")
    version.save()
    client.force_login(alice)
    url = version.memberships.get().get_absolute_url()
    written = [("zeta", "NaN"), ("y", "-Infinity"), ("x", "Infinity"), ("middle", "1")]
    for page in (f"{url}/files?file=order.json", f"{url}/metadata"):
        shown = re.findall(
            r'<span class="key">(\w+)</span><span class="mono">([^<]*)</span>',
            client.get(page).text,
        )
        if "order.json" in page or keeps_order():
            assert shown == written
        else:
            assert shown == [written[2], written[1], written[3], written[0]]


def test_the_filter_of_metadata_is_a_plain_form(client, alice, version):
    version.metadata = {f"key{number}": {"rate": number} for number in range(40)}
    version.save()
    client.force_login(alice)
    url = f"{version.memberships.get().get_absolute_url()}/metadata"
    page = client.get(url).text
    assert f'method="get" action="{url}#metadata-tree"' in page
    assert 'name="metadata_q"' in page
    page = client.get(url, {"metadata_q": "key39"}).text
    shown = re.findall(r'<span class="key">(key[^<]*)</span>', page)
    assert shown == ["key39.rate"]
