"""The pages of jobs: who sees which, progress, stop, report, and the way back."""

import json

import pytest
from django.urls import reverse

from artifacts.models import Job, Version
from artifacts.services.deletion.job_kinds import VERSIONS
from artifacts.services.jobs import jobs, kinds
from artifacts.services.jobs.jobs import create_job
from artifacts.services.jobs.workers import register_worker
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, htmx
from tests.helpers.jobs import take_steps, work
from tests.helpers.queries import count_queries

LIST = "/-/jobs"


@pytest.fixture
def job(bob, project, sequence, monkeypatch):
    """Bob deletes six versions, more than go at once here, the newest of which is refused."""
    for module in (kinds, jobs):
        monkeypatch.setattr(module, "AT_ONCE", 4)
    versions = [factories.make_version(sequence, files={}) for _number in range(6)]
    return create_job(
        by=bob,
        kind=VERSIONS,
        project=project,
        about="vision/iris/iris-model",
        things=[(each.pk, str(each)) for each in reversed(versions)],
        page=sequence.get_absolute_url(),
    )


def text_of(response):
    return response.content.decode()


@pytest.mark.slow
def test_who_sees_it(client, alice, bob, victor, charlie, root, job):
    assert reverse("artifacts:job_list") == LIST
    url = reverse("artifacts:job_detail", args=[job.pk])
    assert client.get(url)["Location"] == f"/login?next={url}"
    seen = ((alice, 200), (bob, 200), (victor, 404), (charlie, 404), (root, 200))
    for person, status in seen:
        client.force_login(person)
        assert client.get(url).status_code == status
        assert (job.about in text_of(client.get(LIST))) == (status == 200)
        for name in ("job_stop", "job_undo"):
            action = reverse(f"artifacts:{name}", args=[job.pk])
            assert client.get(action).status_code == 405
            if status == 404:
                assert client.post(action).status_code == 404
    assert not Job.objects.get().stop_requested


@pytest.mark.slow
def test_its_progress(client, bob, job):
    client.force_login(bob)
    url = job.get_absolute_url()
    page = text_of(client.get(url))
    assert "0 of 6" in page
    assert 'hx-trigger="click, every 1s"' in page
    assert "No worker is alive" in page
    register_worker()
    assert "No worker is alive" not in text_of(client.get(url))
    take_steps(job, 4)
    piece = client.get(url, headers=htmx(target="job"))
    assert_swap_equals_reload(piece, client.get(url), "job")
    assert '<progress class="progress" id="job-progress" value="4" max="6">' in text_of(piece)
    assert "What was refused" not in text_of(piece)
    work()
    page = text_of(client.get(url, headers=htmx(target="job")))
    assert "every 1s" not in page  # it ends by itself
    assert "5 done, 1 refused" in page
    assert "has the aliases latest" in page
    assert "Restore all of it" in page


@pytest.mark.slow
def test_stop(client, bob, job):
    client.force_login(bob)
    take_steps(job, 4)
    url = job.get_absolute_url()
    response = client.post(reverse("artifacts:job_stop", args=[job.pk]), follow=True)
    assert response.redirect_chain == [(url, 302)]
    assert "stops" in text_of(response)
    assert "Stop job" not in text_of(response)
    work()
    assert "stopped" in text_of(client.get(url))
    assert Version.objects.committed().count() == 3
    response = client.post(reverse("artifacts:job_stop", args=[job.pk]), headers=HTMX)
    assert response["HX-Refresh"] == "true"


@pytest.mark.slow
def test_restore_all_of_it(client, bob, job):
    client.force_login(bob)
    undo = reverse("artifacts:job_undo", args=[job.pk])
    assert client.post(undo).status_code == 409  # it goes on
    work()
    response = client.post(undo)
    undoing = Job.objects.get(undoes=job)
    assert response["Location"] == undoing.get_absolute_url()
    assert client.post(undo, headers=HTMX)["HX-Redirect"] == undoing.get_absolute_url()
    work()
    assert Version.objects.committed().count() == 6
    assert undoing.get_absolute_url() in text_of(client.get(job.get_absolute_url()))
    page = text_of(client.get(undoing.get_absolute_url()))
    assert job.get_absolute_url() in page
    assert "Restore all of it" not in page


@pytest.mark.slow
def test_a_restoration_that_was_stopped_is_gone_on_with(client, bob, job):
    client.force_login(bob)
    work()
    undo = reverse("artifacts:job_undo", args=[job.pk])
    client.post(undo)
    url = job.get_absolute_url()
    assert "Restore all of it" not in text_of(client.get(url))
    client.post(reverse("artifacts:job_stop", args=[Job.objects.get(undoes=job).pk]))
    work()
    assert Version.objects.committed().count() == 1
    assert "Restore all of it" in text_of(client.get(url))
    client.post(undo)
    work()
    assert Version.objects.committed().count() == 6
    assert "Restore all of it" not in text_of(client.get(url))


@pytest.mark.slow
def test_its_files(client, bob, job):
    client.force_login(bob)
    work()
    url = reverse("artifacts:job_refusals_export", args=[job.pk, "json"])
    [line] = json.loads(b"".join(client.get(url).streaming_content))
    assert line["name"] == "iris-model:v5"
    url = reverse("artifacts:jobs_export", args=["csv"])
    assert b"delete_versions,vision/iris/iris-model,bob,done" in b"".join(
        client.get(url).streaming_content
    )


@pytest.mark.slow
def test_reasons_are_read_by_who_started_it(client, alice, bob, root, job):
    """A reason names what Bob sees; another admin of the project may not see all of that."""
    work()
    job.items.refused().update(sentence="hidden/gate keeps it.")
    files = [
        reverse("artifacts:job_refusals_export", args=[job.pk, kind]) for kind in ("json", "csv")
    ]
    for person, reads in ((bob, True), (root, True), (alice, False)):
        client.force_login(person)
        texts = [text_of(client.get(job.get_absolute_url()))]
        texts += [b"".join(client.get(url).streaming_content).decode() for url in files]
        for text in texts:
            assert "iris-model:v5" in text
            assert ("hidden/gate keeps it." in text) == reads
            assert ("Refused; bob can read why." in text) != reads


def test_the_worker_is_told_to_admins_of_the_server(client, alice, root, job):
    client.force_login(alice)
    assert 'id="worker"' not in text_of(client.get(LIST))
    client.force_login(root)
    page = text_of(client.get(LIST))
    assert "Worker: missing" in page
    assert "never seen · 1 task waits" in page
    register_worker()
    page = text_of(client.get(LIST))
    assert "Worker: alive" in page
    assert "seen 0 seconds ago" in page


def test_without_jobs(client, charlie):
    client.force_login(charlie)
    assert "No jobs yet" in text_of(client.get(LIST))


@pytest.mark.slow
def test_queries_do_not_grow(client, bob, alice, project, job):
    client.force_login(bob)
    one = count_queries(client, LIST)
    for _number in range(20):
        create_job(by=bob, kind=VERSIONS, project=project, about="a")
    assert count_queries(client, LIST) == one
    before = count_queries(client, job.get_absolute_url())
    work()
    job.items.update(state="refused", sentence="No.")
    assert count_queries(client, job.get_absolute_url()) <= before + 1
