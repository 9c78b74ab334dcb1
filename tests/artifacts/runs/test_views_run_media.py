"""What the SDK wrote into a run's summary as objects, shown as what they are; files of runs."""

import base64
import json
import re

import pytest
from django.urls import reverse

from artifacts.models import ClientId, RunFile
from tests import factories
from tests.helpers.media import MEDIA, PNG
from tests.helpers.queries import count_queries

PAGE = "/vision/iris/runs/run0"
TABLE = {"columns": ["id", "x"], "data": [[n, n / 10] for n in range(20)]}


@pytest.fixture
def run(project, bob):
    run = factories.make_run(project, bob, name="run0", state="finished")
    run.summary = {**MEDIA, "loss": 0.5, "deep": {"f1": 0.5, "bins": MEDIA["bins"]}}
    run.save(update_fields=["summary"])
    contents = {
        "media/images/img_2_4ba8.png": PNG,
        "media/images/0.png": PNG,
        "media/table/table.table.json": json.dumps(TABLE).encode(),
        "media/audio/sound.wav": b"RIFF",
        "media/html/page.html": b"<b>bold</b>",
    }
    for name, content in contents.items():
        RunFile.objects.create(run=run, name=name, blob=factories.make_blob(content))
    return run


def cards(client, url=PAGE):
    found = {}
    while url:
        section = client.get(url).context["page"].summary_media
        found |= {card.name: card for card in section.cards}
        url = section.next_url
    return found


@pytest.mark.slow
def test_no_object_of_the_sdk_is_shown_as_its_json(client, victor, run):
    client.force_login(victor)
    text = client.get(PAGE).content.decode()
    tree = re.findall(r'<span class="key">(.*?)</span>', text)
    assert {"loss", "f1"} <= set(tree)
    assert not set(MEDIA) & set(tree)
    for raw in ("sha256", MEDIA["img"]["sha256"], "_type", "wandb-client-artifact"):
        assert raw not in text
    assert set(cards(client)) == {*MEDIA, "deep.bins"}


@pytest.mark.slow
def test_an_image_is_an_image_and_a_table_a_table(client, victor, run):
    client.force_login(victor)
    text = client.get(PAGE).content.decode()
    assert f'<img src="{PAGE}/-/files/media/images/img_2_4ba8.png" alt="sample 2"' in text
    found = cards(client)
    assert found["img"].facts == "60 × 40 · 7.1 KiB"
    assert [item.kind for item in found["imgs"].items] == ["image", "", ""]
    assert [item.note for item in found["imgs"].items][1:] == ["its file has not arrived"] * 2
    assert found["table"].facts == "20 rows × 3 columns · 7.1 KiB"
    assert [cell.text for cell in found["table"].table.columns] == ["id", "x"]
    assert len(found["table"].table.rows) == 5
    assert found["sound"].items[0].kind == "audio"
    page = client.get(found["html"].items[0].url)  # others are links that open
    assert "&lt;b&gt;bold&lt;/b&gt;" in re.sub(r"</?span.*?>", "", page.content.decode())


@pytest.mark.slow
def test_a_histogram_is_bars_with_words(client, victor, run):
    client.force_login(victor)
    bars = cards(client)["bins"].bars
    assert bars.path.count("M") == 3
    assert "bins: 10 values from -1.5 to 3, most of them (7) from 0 to 1.5" in (
        client.get(PAGE).content.decode()
    )
    run.summary = {
        "h": {
            "_type": "histogram",
            "values": [1, 2],
            "packedBins": {"min": 0, "size": 0.5, "count": 2},
        },
        "bad": {"_type": "histogram", "values": "x", "bins": None},
    }
    run.save(update_fields=["summary"])
    found = cards(client)
    assert found["h"].bars.high == "1"
    assert found["bad"].bars is None
    assert "It can&#x27;t be shown" in client.get(PAGE).content.decode().replace("'", "&#x27;")


@pytest.mark.slow
def test_artifacts_that_values_name_are_links(client, victor, charlie, run, version):
    ClientId.objects.create(version=version, client_id="abc")
    id_ = base64.b64encode(f"Artifact:{version.pk}".encode()).decode()
    run.config = {"used": {"value": {**MEDIA["used"], "id": id_}}, "lr": {"value": 1}}
    run.save(update_fields=["config"])
    client.force_login(victor)
    table = cards(client)["table"]
    assert (table.artifact_label, table.artifact_url) == (
        "iris-model:v0",
        "/vision/iris/artifacts/model/iris-model/v0/files?file=t.json",
    )
    page = client.get(PAGE)
    (used,) = page.context["page"].config_media.cards
    assert used.artifact_url == "/vision/iris/artifacts/model/iris-model/v0"
    assert "sequenceName" not in page.content.decode()


@pytest.mark.slow
def test_artifacts_that_one_may_not_see_stay_hidden(client, bob, run, acme):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    hidden = factories.make_version(factories.make_collection(secret, "hidden-model"))
    ClientId.objects.create(version=hidden, client_id="abc")
    client.force_login(bob)
    assert not cards(client)["table"].artifact_url
    assert "hidden-model" not in client.get(PAGE).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("copies", [1, 40])
def test_statements_and_size_do_not_grow_with_media(client, victor, run, version, copies):
    ClientId.objects.create(version=version, client_id="abc")
    run.summary = {f"{name} {n}": value for name, value in MEDIA.items() for n in range(copies)}
    run.save(update_fields=["summary"])
    client.force_login(victor)
    assert count_queries(client, PAGE) <= 24
    page = client.get(PAGE)
    assert len(page.content) < 100 * 1024
    assert len(cards(client)) == len(MEDIA) * copies
    assert len(client.get(f"{PAGE}?summary_media_from=999999").content) < 100 * 1024


@pytest.mark.slow
def test_without_the_right_to_download_nothing_is_opened(client, victor, run, monkeypatch):
    from artifacts.views.run import media as run_media

    monkeypatch.setattr(run_media, "can", lambda *_args: False)
    client.force_login(victor)
    found = cards(client)
    assert not found["img"].items[0].source
    assert found["table"].table is None
    assert "<img" not in client.get(PAGE).content.decode()


def test_the_metadata_of_a_version_shows_no_raw_object_either(client, victor, run, sequence):
    version = factories.make_version(sequence, run=run)
    client.force_login(victor)
    text = client.get(version.memberships.get().tab_url("metadata")).content.decode()
    assert MEDIA["img"]["sha256"] not in text
    assert f"{len(MEDIA) + 1} images, tables and other objects are on the run's page" in (
        text.replace("&#x27;", "'")
    )


# ------------------------------------------------------------------ a file of a run


def url_of(path):
    return f"{reverse('artifacts:run_file_detail', args=['vision', 'iris', 'run0'])}?file={path}"


def test_a_file_of_a_run_is_shown_by_the_same_viewers(client, victor, run):
    client.force_login(victor)
    page = client.get(url_of("media/table/table.table.json"))
    assert len(page.context["page"].content.tables[0].rows) == 20
    source = client.get(page.context["page"].source_url)
    assert source.context["page"].content.preview.language == "json"
    image = client.get(url_of("media/images/0.png")).content.decode()
    assert f'<img src="{PAGE}/-/files/media/images/0.png"' in image
    broken = url_of("media/audio/sound.wav")
    assert "<audio" in client.get(broken).content.decode()
    assert url_of("media/html/page.html") in client.get(PAGE).content.decode()


def test_a_file_of_a_run_for_others(client, bob, charlie, run):
    client.force_login(bob)
    for missing in ("", "other", "../x"):
        assert client.get(url_of(missing)).status_code == 404
    client.force_login(charlie)
    assert client.get(url_of("media/images/0.png")).status_code == 404
    assert client.post(url_of("x")).status_code == 405
