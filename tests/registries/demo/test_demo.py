"""The demo is made through the operations, and every figure in it can be computed again."""

import json
import stat
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from artifacts.models import (
    Collection,
    Download,
    Membership,
    ProtectedAlias,
    Run,
    RunInput,
    Version,
)
from artifacts.services.lineage.lineage import Scope, read_lineage
from artifacts.store import store
from registries.demo import build, flowers, other_teams
from registries.demo.classifiers import load
from registries.demo.credentials import read_credentials
from registries.demo.learning import Diverged, Table, score, split
from registries.demo.people import target_path
from registry_site.accounts.models import Event, User
from registry_site.accounts.services.keys.api_keys import user_of_key
from registry_site.errors import Denied, Invalid

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo_folder(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for this file, and undone at its end; each test works in a savepoint."""
    folder = tmp_path_factory.mktemp("demo")
    places = {"DATA_DIR": folder, "STORAGE_FOLDER": folder / "files"}
    with django_db_blocker.unblock(), override_settings(**places), transaction.atomic():
        build.make_demo()
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def demo(demo_folder, db, settings):
    settings.DATA_DIR, settings.STORAGE_FOLDER = demo_folder, demo_folder / "files"
    settings.DEMO, settings.BASE_URL = True, "https://cairn.example"


@pytest.fixture
def people(demo):
    return {user.username: user for user in User.objects.all()}


def place(user, path):
    return Membership.objects.visible_to(user).at(*path.split("/", 2)).for_path().get()


def files_of(version):
    found = {}
    for entry in version.entries.select_related("blob"):
        with store().open(entry.blob.sha256) as file:
            found[entry.path] = file.read()
    return found


def test_demo_fills_the_main_collection_so_that_it_looks_lived_in(people):
    linked = place(people["mei"], f"{flowers.MODELS}:latest").collection
    assert linked.version_count >= 12
    aliases = set(linked.aliases.values_list("name", flat=True))
    assert aliases == {"candidate", "staging", "production"}
    assert "| version | model | validation accuracy | test accuracy |" in linked.description
    states = Counter(Run.objects.values_list("state", flat=True))
    assert states["failed"] == 1
    assert set(states) == {"failed", "finished"}


def test_demo_has_downloads_by_people_and_by_a_key(people):
    rows = Download.objects.filter(collection__name="iris-classifier")
    got = set(rows.values_list("user__username", "key_name", "reference"))
    assert got == {
        ("ken", "nightly", "candidate"),
        ("mei", "scripts", "production"),
        ("omar", "", "production"),
    }


def test_demo_runs_used_versions_by_their_aliases(people):
    uses = RunInput.objects.filter(collection__project__name="wandb-registry-model")
    assert set(uses.values_list("run__user__username", "reference")) == {
        ("ken", "staging"),
        ("omar", "production"),
    }


def test_demo_metrics_are_those_of_the_logged_model_on_the_logged_rows(people):
    split_files = files_of(place(people["ana"], f"{flowers.PROJECT}/iris-split:latest").version)
    versions = Version.objects.filter(sequence__name="iris-classifier").select_related("run")
    assert len(versions) == len(flowers.TRAININGS) - 1
    for version in versions:
        files = files_of(version)
        document = json.loads(files["model.json"])
        data = Table.read(split_files["validation.csv"], document["classes"])
        found = score(load(document["model"]), data.only(document["columns"]))
        for name, value in found.metrics.items():
            assert version.metadata[f"validation_{name}"] == pytest.approx(value, abs=1e-3)
            assert version.run.summary[f"validation_{name}"] == pytest.approx(value, abs=1e-3)
        assert f"| accuracy | {version.metadata['validation_accuracy']} |" in (
            files["README.md"].decode()
        )


def test_demo_production_is_what_did_best_on_the_test_rows(people):
    reports = {
        version.metadata["model"]: version.metadata["accuracy"]
        for version in Version.objects.filter(sequence__name="iris-evaluation")
    }
    version = place(people["ana"], f"{flowers.MODELS}:production").version
    assert reports[version.run.display_name] == max(reports.values())
    assert place(people["ana"], f"{flowers.FIELD_GUIDE}:production").version == version


def test_demo_history_has_one_line_for_each_epoch(people):
    run = Run.objects.get(display_name="softmax-long-steps")
    texts = run.lines.filter(stream="history").order_by("line").values_list("text", flat=True)
    history = [json.loads(text) for text in texts]
    assert [row["_step"] for row in history] == list(range(run.config["epochs"]["value"]))
    assert history[-1]["train_log_loss"] < history[0]["train_log_loss"]
    assert run.summary["train_log_loss"] == history[-1]["train_log_loss"]


def test_demo_split_by_chance_is_uneven_and_the_next_one_is_not(people):
    uneven, even = Version.objects.filter(sequence__name="iris-split").order_by("version_index")
    assert (
        len({count for part in uneven.metadata["counts"].values() for count in part.values()}) > 3
    )
    assert all(len(set(part.values())) == 1 for part in even.metadata["counts"].values())
    rows = [files_of(even)[f"{part}.csv"].splitlines()[1:] for part in flowers.SHARES]
    assert sum(map(len, rows)) == 150


def test_demo_lineage_leads_from_measurements_to_the_evaluation(people):
    ana, data = people["ana"], f"{flowers.PROJECT}/iris-measurements:v0"
    nodes = read_lineage(by=ana, membership=place(ana, data)).nodes
    folded = [key for key, node in nodes.items() if node.is_cluster]
    scope = Scope(opened=folded)
    nodes |= read_lineage(by=ana, membership=place(ana, data), scope=scope).nodes
    names = {node.name for node in nodes.values()}
    assert {"17 runs", "split-by-species", "iris-split:v1", "softmax-long-steps"} <= names
    assert any(name.startswith("iris-evaluation:") for name in names)
    used = RunInput.objects.get(run__display_name="name-my-flower")
    assert used.project.registry_name == "model"


def test_demo_rights_differ(people):
    assert not Membership.objects.visible_to(people["omar"]).at("flowers", "iris", "iris-split")
    assert not Membership.objects.visible_to(people["omar"]).filter(
        collection__project__name="wandb-registry-Release candidates"
    )
    assert ProtectedAlias.objects.filter(name="production").count() == 2
    version = place(people["ken"], f"{flowers.MODELS}:v0").version
    with pytest.raises(Denied):
        build.Client(people["ken"]).link(version, flowers.MODELS, aliases=["production"])


def test_demo_personal_artifact_is_refused_with_the_rule_and_the_next_step(people):
    version = place(people["ken"], "ken/scratch/petals-at-home:latest").version
    with pytest.raises(Invalid) as refusal:
        build.Client(people["ken"]).link(version, flowers.MODELS)
    assert "logged to the personal account 'ken'" in refusal.value.message
    assert "your teams: flowers, vision" in refusal.value.message


def test_demo_has_an_empty_collection_and_a_little_of_the_other_teams(people):
    empty = Collection.objects.get(project__name="wandb-registry-model", version_count=0)
    assert empty.name == "tulip-classifier"
    digits = place(people["ana"], f"{other_teams.READERS}:v0").version
    assert digits.metadata["accuracy"] > 0.9
    words = place(people["ana"], "nlp/openings/opening-words:v0").version
    assert b"\nwas,0,2,10,0\n" in files_of(words)["counts.csv"]


def test_demo_command_changes_nothing_the_second_time(demo, settings):
    path = settings.DATA_DIR / "demo.json"
    before = Event.objects.count(), Version.objects.count(), path.read_bytes()
    call_command("demo")
    call_command("demo")
    assert (Event.objects.count(), Version.objects.count(), path.read_bytes()) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_demo_command_prints_only_what_still_works(demo, capsys):
    call_command("demo")
    told = capsys.readouterr().out
    found = read_credentials()
    assert user_of_key(found.api_key).username == "ana"
    assert f"export WANDB_BASE_URL=https://cairn.example WANDB_API_KEY={found.api_key}" in told
    assert all(password in told for password in found.passwords.values())
    ken = User.objects.get(username="ken")
    ken.set_password("another-one-now")
    ken.save()
    ken.refresh_from_db()
    ana = User.objects.get(username="ana")
    ana.api_keys.all().delete()
    call_command("demo")
    told = capsys.readouterr().out
    assert found.passwords["ken"] not in told
    assert found.passwords["ana"] in told
    assert found.api_key not in told


def test_split_deals_every_row_once():
    labels = [0] * 7 + [1] * 5
    parts = split(labels, {"one": 0.5, "other": 0.5}, seed=3, by_class=True)
    assert sorted(parts["one"] + parts["other"]) == list(range(12))


def test_learning_with_huge_steps_diverges():
    table = Table(["x"], ["a", "b"], [[0.0], [1.0], [2.0]], [0, 1, 0])
    huge = next(each for each in flowers.TRAININGS if each.name == "softmax-huge-steps")
    with pytest.raises(Diverged):
        huge.learn(table, table, on_epoch=lambda metrics: None, **huge.settings)
    assert target_path("model", "x") == "bloom/wandb-registry-model/x"
