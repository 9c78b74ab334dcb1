import re

import pytest

from tests import factories
from tests.artifacts.compare.test_views_compare import NAME, compare_url
from tests.helpers.htmx import HTMX, assert_swap_equals_reload


def leaves_in(response):
    return {
        group.title: {
            row.leaf.name: (row.leaf.state, row.leaf.change, row.leaf.percent) for row in group.rows
        }
        for group in response.context["values"].groups
    }


@pytest.fixture
def measured(project, base, other, bob):
    """Both versions with metadata, and runs that logged them."""
    for number, version in enumerate([base, other]):
        version.metadata = {"kept": 1, "epochs": 10 + 5 * number, f"only{number}": True}
        version.run = factories.make_run(
            project,
            bob,
            config={"lr": {"value": 0.1 * (number + 1)}},
            summary={"accuracy": 0.5 + number / 4, "_step": number},
        )
        version.save(update_fields=["metadata", "run"])


def test_metadata_and_metrics(client, victor, measured):
    client.force_login(victor)
    url = compare_url(f"{NAME}:v0", f"{NAME}:v1")
    response = client.get(url)
    assert leaves_in(response) == {
        "Metadata": {
            "epochs": ("changed", 5, 50),
            "only0": ("removed", None, None),
            "only1": ("added", None, None),
        },
        "Metrics of the runs": {"accuracy": ("changed", 0.25, 50)},
        "Config of the runs": {"lr": ("changed", 0.1, 100)},
    }
    text = response.content.decode()
    for shown in ["+5", "+50.0 %", "+0.25", ">added<", ">removed<"]:
        assert shown in text
    everything = client.get(f"{url}&values=all")
    assert list(leaves_in(everything)["Metadata"]) == ["epochs", "only0", "only1", "kept"]
    swapped = client.get(f"{url}&values=all", headers=HTMX)
    assert_swap_equals_reload(swapped, everything, "compared")


def rows_in(response, title):
    (group,) = [group for group in response.context["values"].groups if group.title == title]
    return {row.leaf.name: row for row in group.rows}


@pytest.fixture
def scored(measured, base, other):
    """Runs that logged what gets better by being lower, higher, or nobody knows how."""
    for version, log_loss, accuracy, steps in ((base, 0.27, 0.9, 10), (other, 0.55, 0.95, 20)):
        version.run.summary = {
            "log_loss": log_loss,
            "accuracy": accuracy,
            "steps": steps,
            "f1": 0.5,
            "lists": [log_loss],
            "img": {"_type": "image-file", "path": "a.png", "height": steps},
            "imgs": [{"_type": "image-file", "path": f"{steps}.png", "height": steps}],
        }
        version.run.save(update_fields=["summary"])
        version.metadata = {"loss": log_loss, "mixed": "x"}
        version.save(update_fields=["metadata"])


def test_a_number_says_whether_it_got_better(client, victor, scored):
    """By the direction that the collection goes by, too: lowest is best of a log loss."""
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    rows = rows_in(response, "Metrics of the runs")
    verdicts = {name: (row.direction, row.verdict) for name, row in rows.items()}
    assert verdicts["log_loss"] == ("min", "worse")
    assert verdicts["accuracy"] == ("max", "better")
    assert verdicts["steps"] == ("", "")
    assert verdicts["f1"] == ("", "")  # equal
    assert rows_in(response, "Metadata")["loss"].verdict == "worse"
    assert rows_in(response, "Config of the runs")["lr"].verdict == ""
    text = response.content.decode()
    row = re.search(r"<tr[^>]*><th[^>]*>log_loss<.*?</tr>", text)[0]
    assert "</svg>worse</span>" in row  # a sign and a word
    assert "+103.7 %" in row
    assert '<span class="best">0.27</span>' in row
    assert row.count('class="best"') == 1
    assert 'class="best"' not in re.search(r"<tr[^>]*><th[^>]*>f1<.*?</tr>", text)[0]


def test_what_is_best_has_an_address(client, victor, scored):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    steps = rows_in(response, "Metrics of the runs")["steps"]
    chosen = client.get(steps.turn_url)
    row = rows_in(chosen, "Metrics of the runs")["steps"]
    assert (row.direction, row.verdict) == ("max", "better")
    turned = client.get(row.turn_url, headers=HTMX)
    row = rows_in(turned, "Metrics of the runs")["steps"]
    assert (row.direction, row.verdict) == ("min", "worse")
    assert_swap_equals_reload(turned, client.get(row.turn_url.replace(":max", ":min")), "compared")


def test_a_collection_hands_on_what_it_takes_for_best(client, victor, scored, sequence):
    client.force_login(victor)
    url = f"{sequence.get_absolute_url()}?metrics=1&columns=run.steps&best=run.steps:min"
    text = client.get(url).content.decode()
    form = re.search('<form class="actions" id="chosen-versions".*?</form>', text, re.S)[0]
    assert '<input type="hidden" name="best" value="run.steps:min">' in form
    sent = compare_url(f"{NAME}:v1", f"{NAME}:v0") + "&base=last&best=run.steps:min"
    response = client.get(sent, follow=True)
    assert rows_in(response, "Metrics of the runs")["steps"].verdict == "worse"


def test_equal_metrics_are_shown_and_other_equal_values_one_click_away(client, victor, scored):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    equal = rows_in(response, "Metrics of the runs")["f1"].leaf
    assert (equal.state, equal.base, equal.other) == ("same", "0.5", "0.5")
    assert "mixed" not in rows_in(response, "Metadata")
    link = re.search('<a href="([^"]*)#values-1">1 equal value</a>', response.content.decode())
    everything = client.get(link[1].replace("&amp;", "&"))
    assert rows_in(everything, "Metadata")["mixed"].leaf.state == "same"
    assert "equal value" not in everything.content.decode()


def test_many_equal_metrics_are_folded(client, victor, scored, base, other):
    for version in (base, other):
        version.run.summary = {f"metric{number:03}": number for number in range(60)}
        version.run.save(update_fields=["summary"])
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    assert len(rows_in(response, "Metrics of the runs")) == 50
    assert ">10 equal values</a>" in response.content.decode()


def test_an_object_of_the_sdk_is_one_value_without_a_difference(client, victor, scored):
    """Alone and in a list: no pixels more, no kilobytes less."""
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    rows = rows_in(response, "Metrics of the runs")
    media = {name: row.leaf for name, row in rows.items() if name.startswith("img")}
    assert {name: (leaf.state, leaf.change) for name, leaf in media.items()} == {
        "img": ("changed", None),
        "imgs[0]": ("changed", None),
    }
    assert media["img"].base == "image-file a.png"
    assert "height" not in response.content.decode()


def test_a_run_that_one_may_not_see(client, victor, alice, acme, measured, other, registry):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    other.run = factories.make_run(secret, alice, summary={"secret_score": 1})
    other.save(update_fields=["run"])
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1") + "&values=all")
    text = response.content.decode()
    assert "The run that logged iris-model:v1 is in a project that you cannot open." in text
    assert "secret_score" not in text
    assert leaves_in(response)["Metrics of the runs"] == {"accuracy": ("removed", None, None)}


def test_long_metadata_is_cut(client, victor, base, other):
    base.metadata = {f"key{number:05}": number for number in range(2_100)}
    base.save(update_fields=["metadata"])
    client.force_login(victor)
    text = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1")).content.decode()
    assert "Of each version the first 2,000 values are compared." in text
    assert "500 of 2,000 values are shown." in text
