"""Media as the real SDK logs them, on the page of their run. (Images need Pillow, which the SDK
does not bring: tests/helpers/media.py has them as wandb 0.31 wrote them with it.)"""

import pytest

from artifacts.models import Run

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_LOG = """
run = wandb.init(entity="vision", project="iris", id="media")
for step in range(3):
    run.log({
        "loss": float("nan") if step == 1 else step, "far": float("inf"),
        "bins": wandb.Histogram(np_histogram=([1, 5, 2], [0, 1, 2, 3])),
        "html": wandb.Html("<b>hello</b>"),
    })
Path("film.mp4").write_bytes(b"0000ftypmp42")
Path("points.pts.json").write_text("[[1, 2, 3]]")
run.log({
    "table": wandb.Table(columns=["x", "y"], data=[[1, 2], [3, 4]]),
    "film": wandb.Video("film.mp4", format="mp4", caption="a film"),
    "points": wandb.Object3D(open("points.pts.json")),
    "deep": {"bins": wandb.Histogram(np_histogram=([3], [0, 1]))},
})
artifact = wandb.Artifact("the-data", "dataset")
with artifact.new_file("a.txt") as file:
    file.write("x")
run.log_artifact(artifact).wait()
run.config.update({"used": artifact})
run.finish()
"""


def test_media_are_shown_as_what_they_are(sdk, client, alice):
    sdk(alice, _LOG)
    run = Run.objects.get(name="media")
    client.force_login(alice)
    page = client.get(run.get_absolute_url())
    cards = {card.name: card for card in page.context["page"].summary_media.cards}
    assert {name: card.kind for name, card in cards.items()} == {
        "bins": "Histogram",
        "deep.bins": "Histogram",
        "film": "Video",
        "html": "HTML",
        "points": "3D object",
        "table": "Table",
    }
    assert cards["bins"].bars
    assert cards["film"].items[0].kind == "video"
    assert len(cards["table"].table.rows) == 2
    assert cards["table"].artifact_label.startswith("run-media-table:v0")
    (used,) = page.context["page"].config_media.cards
    assert used.artifact_label == "the-data:v0"
    text = page.content.decode()
    for raw in ("_type", "sha256", "wandb-client-artifact", "sequenceName"):
        assert raw not in text
    for card in cards.values():
        for item in card.items:
            assert client.get(item.url).status_code == 200
    history = page.context["history"]
    assert ("bins", "histogram, 3 times") in history.media
    (chart,) = history.charts
    assert chart.extent.odd_words == "NaN 1 time"
    assert [single.value for single in history.singles] == ["Infinity 3 times"]
