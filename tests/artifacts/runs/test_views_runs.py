import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from artifacts.models import Run, RunAlert, RunFile, RunInput, RunLine, RunOutput
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx


@pytest.fixture
def run(project, bob):
    return factories.make_run(
        project,
        bob,
        name="abc123",
        display_name="brave",
        config={"lr": {"value": 0.1, "desc": None}, "_wandb": {"value": {"cli": "0.31"}}},
        summary={"accuracy": 0.967, "_runtime": 3, "deep": {"f1": 0.5}},
        notes="**bold** <script>alert(1)</script>",
    )


@pytest.fixture
def url(run):
    return reverse("artifacts:run_detail", args=["vision", "iris", "abc123"])


def add_lines(run, stream, texts):
    RunLine.objects.bulk_create(
        RunLine(run=run, stream=stream, line=number, text=text) for number, text in enumerate(texts)
    )


def test_run_detail(client, victor, url, run, version):
    RunInput.objects.create(run=run, version=version)
    RunOutput.objects.create(run=run, version=version)
    client.force_login(victor)
    text = client.get(url).content.decode()
    assert "0.967" in text
    assert '<span class="key">lr</span> <span class="mono">0.1</span>' in text
    assert '<span class="key">cli' not in text
    assert "_runtime" not in text
    assert text.count("/vision/iris/artifacts/model/iris-model/v0") == 2
    assert "<strong>bold</strong>" in text
    assert "<script>alert" not in text


def test_run_detail_when_bare(client, victor, url):
    client.force_login(victor)
    text = client.get(url).content.decode()
    for sentence in (
        "The run has used no artifact yet.",
        "The run has logged no artifact yet.",
        "The run has saved no files yet.",
        "The run has printed nothing yet.",
        "No numbers were logged over time yet.",
    ):
        assert sentence in text
    Run.objects.update(state="finished", summary={})
    text = client.get(url).content.decode()
    for sentence in (
        "The run used no artifact.",
        "The run logged no artifact.",
        "The run saved no files.",
        "The run printed nothing.",
        "No numbers were logged over time.",
        "The run has no summary.",
    ):
        assert sentence in text
    assert " yet" not in text


@pytest.mark.parametrize("state", Run.State.values)
def test_run_detail_asks_for_itself_while_more_may_come(client, victor, url, run, state):
    Run.objects.update(state=state)
    client.force_login(victor)
    text = client.get(f"{url}?find=x&metrics=a/").content.decode()
    is_open = state in {"pending", "running", "preempting"}
    assert ('hx-trigger="click, every 10s"' in text) == is_open
    assert (
        f'<a class="button button-small" id="run-refresh" href="{url}?find=x&amp;metrics=a/"'
        in text
    ) == is_open
    assert ("js/run.js" in text) == is_open
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=6))
    text = client.get(url).content.decode()
    assert ("every 10s" in text) == (state == "pending")  # the others fell silent


def test_run_detail_is_swapped_as_it_would_be_reloaded(client, victor, url, run):
    factories.make_lines(run, "history", *[{"loss": number} for number in range(30)])
    factories.make_lines(run, "console", "hello")
    client.force_login(victor)
    swapped = client.get(url, headers=htmx(target="run"))
    assert_swap_equals_reload(swapped, client.get(url), "run")
    Run.objects.update(history_lines=30_000)
    assert "every 60s" in client.get(url).content.decode()  # long histories take long to read


def test_run_detail_shows_hostile_console_lines(client, victor, url, run):
    add_lines(run, "console", ["\x1b]" * 20_000, '{"a":' * 5000, "y" * 50_000])
    client.force_login(victor)
    response = client.get(url)
    assert response.status_code == 200
    assert all(len(unescape(row["text"])) < 5_000 for row in response.context["page"].console.rows)


def test_run_detail_console(client, victor, url, run):
    old = "2026-11-23T03:36:26.499157 old <b>style</b>"
    new = {"ts": "2026-11-23T03:36:27.5", "content": "\x1b[31mred\x1b[0m", "level": "error"}
    odd = [json.dumps({"ts": "…", "content": "x"}), '{"no": "content"}', "[1]", ""]
    add_lines(run, "console", [old, f"ERROR {old}", json.dumps(new), *odd])
    client.force_login(victor)
    response = client.get(url)
    at = datetime(2026, 11, 23, 3, 36, 26, 499157, tzinfo=UTC)
    rows = response.context["page"].console.rows
    assert not any(row.pop("is_cut") for row in rows)
    assert rows == [
        {"text": "old &lt;b&gt;style&lt;/b&gt;", "at": at, "is_error": False},
        {"text": "old &lt;b&gt;style&lt;/b&gt;", "at": at, "is_error": True},
        {
            "text": '<span class="ansi-red">red</span>',
            "at": at.replace(second=27, microsecond=500000),
            "is_error": True,
        },
        {"text": "x", "at": None, "is_error": False},
        {"text": escape('{"no": "content"}'), "at": None, "is_error": False},
        {"text": "[1]", "at": None, "is_error": False},
        {"text": "", "at": None, "is_error": False},
    ]
    text = response.content.decode()
    assert ">03:36:26</time> old &lt;b&gt;" in text


def test_run_detail_of_a_run_that_fell_silent(client, victor, url, run):
    client.force_login(victor)
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=4))
    assert '<span class="chip-text">running</span>' in client.get(url).content.decode()
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=6))
    text = client.get(url).content.decode()
    assert '<span class="chip-text">crashed</span>' in text
    assert "Last heard of" in text
    listed = {
        state: client.get(run.project.get_absolute_url(), {"state": state})
        .context["page"]
        .runs.rows
        for state in ("running", "crashed")
    }
    assert listed == {"running": [], "crashed": [run]}


def test_run_detail_alerts(client, victor, url, run):
    for severity in RunAlert.Severity.values:
        run.alerts.create(title=f"T {severity}", text="a\n<b>", severity=severity)
    client.force_login(victor)
    response = client.get(url)
    titles = [alert.title for alert in response.context["page"].alerts.rows]
    assert titles == ["T ERROR", "T WARN", "T INFO"]
    text = response.content.decode()
    assert "a<br>&lt;b&gt;" in text
    assert '<span class="chip-text">warning</span>' in text


def test_run_detail_console_pages(client, victor, url, run):
    add_lines(run, "console", [json.dumps({"content": f"line {n}"}) for n in range(700)])
    client.force_login(victor)
    first = client.get(url).context["page"].console
    assert [first.rows[0]["text"], first.rows[-1]["text"]] == ["line 550", "line 699"]
    older = client.get(first.next_url)
    assert older.context["page"].console.rows[-1]["text"] == "line 549"
    swapped = client.get(first.next_url, headers=htmx(target="console"))
    assert_swap_equals_reload(swapped, older, "console")


def test_run_file_download(client, victor, url, run):
    RunFile.objects.create(run=run, name="media/a b.png", blob=factories.make_blob(b"bytes"))
    RunFile.objects.create(run=run, name="promised.txt")
    client.force_login(victor)
    membership = ["vision", "iris", "abc123", "media/a b.png"]
    link = reverse("artifacts:run_file_download", args=membership)
    text = client.get(url).content.decode()
    assert link in text
    assert "promised.txt" not in text
    response = client.get(link)
    assert response.status_code == 302
    assert response["Location"].endswith("/a%20b.png")
    assert b"".join(client.get(response["Location"]).streaming_content) == b"bytes"
    assert client.get(link.replace("a%20b", "other")).status_code == 404
    swapped = client.get(url, headers=htmx(target="files"))
    assert_swap_equals_reload(swapped, client.get(url), "files")


def test_run_detail_hides_what_one_may_not_see(client, bob, url, run, acme):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    hidden = factories.make_version(factories.make_collection(secret, "hidden-model"))
    RunInput.objects.create(run=run, version=hidden)
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert "hidden-model" not in text
    assert "1 artifact lies in a project that you cannot open" in text


@pytest.mark.slow
def test_run_detail_pages_what_it_has_much_of(client, victor, url, run, project):
    for number in range(12):
        sequence = factories.make_collection(project, f"c{number}")
        version = factories.make_version(sequence, files={})
        RunInput.objects.create(run=run, version=version)
        run.alerts.create(title=f"alert {number}")
    client.force_login(victor)
    page = client.get(url)
    assert [str(each.row) for each in page.context["page"].inputs.rows][::7] == ["c11:v0", "c4:v0"]
    assert page.context["page"].alerts.rows[0].title == "alert 11"
    older = client.get(page.context["page"].inputs.page.next_url)
    assert [str(each.row) for each in older.context["page"].inputs.rows] == [
        "c3:v0",
        "c2:v0",
        "c1:v0",
        "c0:v0",
    ]
    older = client.get(page.context["page"].alerts.next_url)
    assert older.context["page"].alerts.rows[0].title == "alert 8"
    assert older.context["page"].inputs.rows == page.context["page"].inputs.rows


@pytest.mark.slow
def test_run_detail_stays_small_whatever_was_logged(client, victor, url, run, project):
    long = "x" * 200
    wide = {f"group {n % 20}/{long[:100]} {n}": n for n in range(500)}
    files = {"x": b"x"}
    for number in range(20):
        sequence = factories.make_collection(project, f"{long[:100]}{number}")
        aliases = [f"{long[:50]}{n}" for n in range(9)]
        version = factories.make_version(sequence, files=files, aliases=aliases)
        RunInput.objects.create(run=run, version=version)
        RunOutput.objects.create(run=run, version=version)
        run.alerts.create(title=long, text="y\n" * 50_000)
    for number in range(100):
        RunFile.objects.create(run=run, name=f"{long}{number}", blob=factories.make_blob(b"x"))
    factories.make_lines(run, "history", *[{"_step": n, **wide} for n in range(400)])
    colours = "\x1b[31mr\x1b[32mg" * 2_000
    bar = "\r".join(f"{n} %" for n in range(2_000))
    factories.make_lines(run, "console", *[colours, "z" * 9_000, bar] * 200)
    bins = {"_type": "histogram", "values": [1] * 512, "bins": list(range(513))}
    summary = {
        **wide,
        **{f"{long} {n}": bins for n in range(100)},
        **{f"{n}{long}": long * 9 for n in range(99)},
    }
    Run.objects.update(summary=summary, config={name: {"value": long} for name in wide}, notes="")
    client.force_login(victor)
    page = client.get(url)
    assert len(page.content) < 150 * 1024
    assert page.context["page"].console.rows[-1]["text"] == "1999 %"
    assert 0 < sum(row["is_cut"] for row in page.context["page"].console.rows) < 200


def test_inputs_say_by_which_name_they_were_asked_for(client, bob, url, run, version, collection):
    """Not by the number of the source, which the script never said."""
    factories.make_membership(collection, factories.make_version(version.sequence))
    linked = factories.make_membership(collection, version, aliases=["production"])
    RunInput.objects.create(
        run=run,
        version=version,
        project=collection.project,
        collection=collection,
        reference="production",
    )
    client.force_login(bob)
    text = client.get(url).content.decode()
    inputs = re.search('<section id="run-inputs".*?</section>', text, re.S)[0]
    assert '>iris-classifier</a>:production<span class="muted">then v1</span>' in inputs
    assert f'href="{linked.collection.get_absolute_url()}"' in inputs
    assert "Reached as" not in re.search('<section id="run-outputs".*?</section>', text, re.S)[0]


def test_inputs_through_a_place_that_one_may_not_see_do_not_name_it(
    client, bob, url, run, version, acme
):
    hidden = factories.make_registry_project(acme, "hidden", access="restricted")
    cellar = factories.make_collection(hidden, "cellar")
    RunInput.objects.create(
        run=run, version=version, project=hidden, collection=cellar, reference="wine"
    )
    client.force_login(bob)
    text = client.get(url).content.decode()
    assert "a place that you cannot open" in text
    assert "cellar" not in text
    assert "wine" not in text


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 50])
def test_run_detail_queries(client, bob, url, run, project, rows, django_assert_num_queries):
    blob = factories.make_blob(b"x")
    for number in range(rows):
        sequence = factories.make_collection(project, f"c{number}", f"t{number}")
        version = factories.make_version(sequence, files={}, aliases=["x"])
        RunInput.objects.create(run=run, version=version)
        RunOutput.objects.create(run=run, version=version)
        RunFile.objects.create(run=run, name=f"f{number}", blob=blob)
    client.force_login(bob)
    with django_assert_num_queries(15):
        client.get(url)


def test_run_detail_for_others(client, charlie, url):
    assert client.get(url).status_code == 302
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    assert client.get(url.replace("abc123", "other")).status_code == 404
    assert client.post(url).status_code == 405
