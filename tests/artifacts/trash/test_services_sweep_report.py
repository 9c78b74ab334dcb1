"""A trial tells what a sweep would do, and changes nothing."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from artifacts.models import Blob, Collection, Run, Version
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version
from artifacts.services.retention.holds import place_hold
from artifacts.services.retention.rules import set_retention_rule
from artifacts.services.runs.control import delete_run
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.trash import delete_version
from artifacts.store import store
from registry_site.accounts.models import Event
from tests import factories


@pytest.fixture
def much(alice, bob, project, sequence, registry):
    """One of each kind that a sweep takes, and one that a hold keeps."""
    long_ago = timezone.now() - timedelta(days=30)
    names = ("expired", "held", "trashed", "linked")
    made = {name: factories.make_version(sequence, files={"f": name.encode()}) for name in names}
    for _number in range(2):
        factories.make_version(factories.make_collection(project, f"c{_number}"))
    retired = factories.make_collection(project, "retired")
    for number in range(3):
        factories.make_version(retired, files={"f": f"r{number}".encode()})
    set_retention_rule(by=bob, collection=retired, rule={"keep_newest": 2})
    pending = Version.objects.create(sequence=sequence, digest="0")
    run = factories.make_run(project, bob)
    run.files.create(name="f", blob=factories.make_blob(b"12345"))
    delete_run(by=bob, run=run)
    membership = link_version(
        by=bob, version=made["linked"], project=registry.project, collection_name="c"
    ).membership
    delete_collection(by=bob, collection=membership.collection)
    delete_version(by=bob, version=made["trashed"], with_aliases=True)
    place_hold(by=alice, thing=made["held"], reason="audit")
    factories.make_blob(b"nobody uses this")
    Version.objects.filter(pk__in=[made["expired"].pk, made["held"].pk]).update(
        ttl_seconds=60, created_at=long_ago
    )
    Version.objects.filter(pk=pending.pk).update(created_at=long_ago)
    Blob.objects.update(wanted_at=long_ago)
    for rows in (Version.objects, Run.with_deleted, Collection.with_deleted):
        rows.filter(deleted_at__isnull=False).update(deleted_at=long_ago)
    return made


def state():
    return (
        list(Version.with_removed.order_by("pk").values()),
        list(Run.with_deleted.order_by("pk").values()),
        list(Blob.objects.order_by("pk").values()),
        Event.objects.count(),
        [store().exists(blob.sha256) for blob in Blob.objects.all()],
    )


@pytest.mark.slow
def test_a_trial_changes_nothing_and_foretells_all(much):
    before = state()
    trial = sweep(is_trial=True)
    assert state() == before
    done = sweep()
    for kind in ("expired", "retired", "given_up", "removed", "runs", "collections"):
        assert (trial[kind], trial.sizes[kind]) == (done[kind], done.sizes[kind]), kind
        assert trial[kind] == 1, kind
    assert trial.sizes["expired"] == len("expired")
    assert (trial["blobs"], trial.sizes["blobs"]) == (1, len(b"nobody uses this"))
    assert done["blobs"] == 3  # what the trash freed in its turn, too
    assert trial.refusals == done.refusals
    (refusal,) = trial.refusals
    assert (refusal.kind, refusal.name) == ("expired", "iris-model:v1")
    assert "on legal hold since" in refusal.reason


@pytest.mark.slow
def test_the_command_tells_as_text_and_as_json(much):
    out = StringIO()
    call_command("sweep", dry_run=True, stdout=out)
    text = out.getvalue()
    assert text.startswith(
        "A trial: nothing was changed. This would go now:\nExpired: 1 (7 bytes)."
    )
    assert "Stays: iris-model:v1: " in text
    out = StringIO()
    call_command("sweep", dry_run=True, json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["is_dry_run"] is True
    assert told["kinds"]["runs"] == {"count": 1, "bytes": 5}
    assert told["refused_count"] == len(told["refused"]) == 1
    out = StringIO()
    call_command("sweep", json=True, stdout=out)
    assert json.loads(out.getvalue())["is_dry_run"] is False


def test_what_is_held_stays_in_the_trash(alice, bob, sequence, version):
    other = factories.make_version(sequence)
    delete_version(by=bob, version=other, with_aliases=True)
    place_hold(by=alice, thing=sequence, reason="audit")
    Version.objects.filter(pk=other.pk).update(deleted_at=timezone.now() - timedelta(days=30))
    report = sweep()
    assert (report["removed"], report.refused_count) == (0, 1)
    assert Version.objects.filter(pk=other.pk).exists()
