"""What a version's page opens with, at its source and where it is linked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.metrics import direction_of
from artifacts.models import Download, RunInput
from artifacts.services.usage.usage import record_download
from artifacts.views.compare.key_metrics import METRICS
from tests import factories
from tests.helpers.queries import count_queries

README = b"""---
license: mit
---
# Petals

![a](a.png) Tells **three** species apart, see [config](conf/a.json).
"""


def summed(version, project, user, **summary):
    version.run = factories.make_run(project, user, summary=summary)
    version.save(update_fields=["run"])
    return version


def words(client, url):
    return client.get(url).text


@pytest.fixture
def linked(collection, sequence, project, alice):
    """v0 is production; v1 is better in accuracy, worse in loss."""
    old = summed(
        factories.make_version(sequence, by=alice),
        project,
        alice,
        accuracy=0.9,
        val_loss=0.5,
        neighbours=5,
        same_f1=1,
    )
    new = summed(
        factories.make_version(sequence, by=alice, files={"README.md": README, "w.bin": b"x" * 99}),
        project,
        alice,
        accuracy=0.95,
        val_loss=0.75,
        neighbours=7,
        same_f1=1,
        only_here=3,
    )
    factories.make_membership(collection, old, aliases=["production"])
    return factories.make_membership(collection, new, aliases=["best"])


# ------------------------------------------------------------------ numbers


def test_key_metrics_say_what_is_better_than_production(client, bob, linked):
    client.force_login(bob)
    response = client.get(linked.get_absolute_url())
    metrics = {each.name: each for each in response.context["overview"].metrics}
    assert [metrics[name].verdict for name in ("accuracy", "val_loss", "same_f1")] == [
        "better",
        "worse",
        "same",
    ]
    assert metrics["neighbours"].verdict == "", "nobody knows what is better"
    assert metrics["only_here"].base == ""
    text = response.text
    assert "+0.05, better" in text
    assert "+0.25, worse" in text
    assert "(production: 0.5)" in text
    assert "compared with production, v0" in text
    assert "/-/compare?version=acme/wandb-registry-model/iris-classifier:production" in text


def test_what_is_production_itself_is_compared_with_no_production(client, bob, linked):
    membership = linked.collection.memberships.get(index=0)
    client.force_login(bob)
    response = client.get(membership.get_absolute_url())
    assert response.context["overview"].base is None
    assert {each.verdict for each in response.context["overview"].metrics} == {""}
    linked.collection.project.protected_aliases.create(name="best")
    base = client.get(membership.get_absolute_url()).context["overview"].base
    assert (base.alias, base.number) == ("best", linked.number)


def test_numbers_of_runs_that_one_may_not_see_are_not_compared(client, acme, alice, linked):
    eve = factories.make_user("eve")
    factories.set_organization_member(by=None, organization=acme, user=eve, role="member")
    linked.version.metadata = {"accuracy": 0.7, "deep": {"auc": 0.6}}
    linked.version.save(update_fields=["metadata"])
    client.force_login(eve)
    metrics = client.get(linked.get_absolute_url()).context["overview"].metrics
    assert [(each.name, each.value, each.base) for each in metrics] == [
        ("accuracy", "0.7", ""),
        ("deep.auc", "0.6", ""),
    ]


def test_few_metrics_are_key_and_media_are_none(client, bob, project, version):
    image = {"_type": "image-file", "size": 12, "width": 3}
    numbers = {f"m{number}": number for number in range(99)}
    summed(version, project, bob, img=image, nan="NaN", train_auc=1, test_auc=2, **numbers)
    version.metadata = {"test_auc": 2, "rows": 150}
    version.save(update_fields=["metadata"])
    client.force_login(bob)
    membership = version.memberships.get()
    names = [
        each.name for each in client.get(membership.get_absolute_url()).context["overview"].metrics
    ]
    assert names == ["test_auc", "train_auc", "m0", "m1", "m2", "m3"]
    assert len(names) == METRICS


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("run.val_loss", "min"),
        ("log-loss", "min"),
        ("metadata.top.F1", "max"),
        ("rmse", "min"),
        ("val/accuracy", "max"),
        ("loss.best_accuracy", "max"),
        ("epochs", ""),
        ("lossless", ""),
    ],
)
def test_the_name_of_a_number_may_say_what_is_better(name, direction):
    assert direction_of(name) == direction


# ------------------------------------------------------------------ README, files, use


def test_the_readme_opens_and_its_links_lead_to_files(client, bob, linked):
    client.force_login(bob)
    source = linked.version.memberships.get(collection=linked.version.sequence)
    for membership in (linked, source):
        text = words(client, membership.get_absolute_url())
        assert "Tells <strong>three</strong> species apart" in text
        assert "license" not in text
        assert f'href="{membership.tab_url("files")}?file=conf%2Fa.json"' in text
        assert f'href="{membership.tab_url("files")}?file=w.bin"' in text
        assert f'href="{membership.get_absolute_url()}/-/files.zip" download' in text


def test_a_long_readme_is_cut_and_folded(client, bob, sequence):
    long = b"# Long\n\n" + b"A line of it.\n\n" * 9_000 + b"The end."
    membership = factories.make_version(sequence, files={"README.md": long}).memberships.get()
    client.force_login(bob)
    response = client.get(membership.get_absolute_url())
    text = response.text
    assert "The end." not in text
    assert "The whole file" in text
    assert "<summary><span" in text
    assert len(response.content) < 40_000


def test_who_may_not_open_files_reads_the_card_instead(client, charlie, registry, acme, linked):
    linked.collection.description = "The card of it."
    linked.collection.save(update_fields=["description"])
    viewer = factories.restricted_viewer(registry, charlie)
    client.force_login(viewer)
    text = words(client, linked.get_absolute_url())
    assert "species apart" not in text
    assert "files.zip" not in text
    assert "The card of it." in text
    assert "needs the role Viewer or above" in text
    assert "wandb.Api()" not in text


def test_without_readme_there_is_the_card_else_what_to_write(client, bob, victor, version):
    membership = version.memberships.get()
    client.force_login(bob)
    assert "Nothing yet. Say what this version is" in words(client, membership.get_absolute_url())
    version.sequence.description = "Measured by *hand*."
    version.sequence.save(update_fields=["description"])
    text = words(client, membership.get_absolute_url())
    assert "Card of iris-model" in text
    assert "Measured by <em>hand</em>." in text


def test_of_many_files_the_largest_are_named(client, bob, sequence):
    files = {f"part-{number:02}": b"x" * (number + 1) for number in range(30)}
    membership = factories.make_version(sequence, files=files).memberships.get()
    client.force_login(bob)
    response = client.get(membership.get_absolute_url())
    names = [item.name for item in response.context["overview"].top_files]
    assert names == ["part-29", "part-28", "part-27", "part-26", "part-25"]
    assert "All files" in response.text


def test_who_used_it_lately_as_far_as_one_may_see(client, alice, bob, acme, project, version):
    membership = version.memberships.get()
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    seen, hidden, old = (factories.make_run(each, alice) for each in (project, secret, project))
    for run in (seen, hidden, old):
        RunInput.objects.create(run=run, version=version)
    past = timezone.now() - timedelta(days=31)
    RunInput.objects.filter(run=old).update(created_at=past)
    for person in (alice, bob):
        record_download(by=person, membership=membership)
    Download.objects.filter(user=bob).update(last_at=past)
    client.force_login(bob)
    use = client.get(membership.get_absolute_url()).context["overview"].recent_use
    assert [(each.run.path, each.person) for each in use.runs] == [(seen.path, "alice")]
    assert [each.username for each in use.people] == ["alice"]
    assert not use.has_more


def test_the_code_names_the_alias_one_came_by(client, bob, linked):
    client.force_login(bob)
    page = linked.get_absolute_url()
    assert "iris-classifier:v1&quot;" in client.get(page).context["overview"].quick.replace(
        '"', "&quot;"
    )
    by_alias = f"{linked.collection.get_absolute_url()}/best"
    assert 'iris-classifier:best"' in client.get(by_alias).context["overview"].quick


@pytest.mark.slow
def test_the_page_costs_as_many_queries_for_much(client, bob, alice, project, linked):
    client.force_login(bob)
    few = count_queries(client, linked.get_absolute_url())
    assert few <= 23
    for number in range(30):
        run = factories.make_run(project, alice)
        RunInput.objects.create(run=run, version=linked.version)
        linked.version.entries.create(path=f"f{number}", digest="x", size=1)
        person = factories.make_user(f"u{number}")
        Download.objects.create(
            version=linked.version,
            collection=linked.collection,
            user=person,
            key_name="",
            reference="",
            first_at=timezone.now(),
            last_at=timezone.now(),
        )
    assert count_queries(client, linked.get_absolute_url()) == few
