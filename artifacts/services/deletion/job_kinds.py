"""The kinds of jobs that delete, and the kinds that restore."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from artifacts.models import Collection, Job, Membership, Run, RunOutput, Version
from artifacts.reads.deletable_versions import likely_refused, versions_of
from artifacts.services.collections.collections import (
    check_may_delete_collection,
    delete_collection,
)
from artifacts.services.deletion import bulk_versions as together
from artifacts.services.jobs.kinds import AT_ONCE, each_item
from artifacts.services.locks import lock_memberships, lock_version
from artifacts.services.runs.control import delete_run, versions_only_of
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.restoration_of_parents import restore_collection, restore_run
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import User
from registry_site.errors import Conflict, NotFound

VERSIONS, RUNS, COLLECTIONS = "delete_versions", "delete_runs", "delete_collections"
RESTORE_VERSIONS, RESTORE_RUNS = "restore_versions", "restore_runs"
RESTORE_COLLECTIONS = "restore_collections"
REHEARSED = 50  # with more versions, a collection's or run's deletion isn't tried whole
KEPT = ("aliases", "tags", "links")  # may protect a version when all but the newest are deleted


def _delete_together(by: User, job: Job, things: list[int]) -> None:
    together.delete_versions(
        by=by,
        pks=things,
        keep=job.arguments.get("keep", ()),
        with_aliases=bool(job.arguments.get("with_aliases")),
    )


def _restore_together(by: User, job: Job, things: list[int]) -> None:
    together.restore_versions(by=by, pks=things)


@each_item(
    VERSIONS,
    title=gettext_lazy("Delete versions"),
    inverse=RESTORE_VERSIONS,
    together=_delete_together,
)
def delete_one_version(by: User, job: Job, thing: int) -> None:
    """Move a version to the trash, unless something has protected it since the job was created."""
    version = _version(thing)
    if version.deleted_at:
        raise Conflict(_("{version} was deleted already.").format(version=version))
    with_aliases = bool(job.arguments.get("with_aliases"))
    with transaction.atomic():
        if savers := job.arguments.get("keep", ()):
            lock_version(thing)
            lock_memberships([thing])
            _check_kept(version, savers)
        delete_version(by=by, version=version, with_aliases=with_aliases)


def _outputs(job: Job) -> int:
    if not job.arguments.get("with_artifacts"):
        return 0
    return RunOutput.objects.filter(run__in=job.items.values("thing")).count()


def _memberships(job: Job) -> int:
    return Membership.objects.filter(collection__in=job.items.values("thing")).count()


def _version(pk: int) -> Version:
    version = Version.objects.for_path().filter(pk=pk).first()
    if version is None:
        raise NotFound(_("This version has been removed for good."))
    return version


def _check_kept(version: Version, savers: tuple[str, ...]) -> None:
    memberships = Membership.objects.live().filter(version=version)
    has = {
        "aliases": lambda: any(
            membership.is_newest or membership.aliases.all()
            for membership in memberships.with_aliases()
        ),
        "tags": version.tags.exists,
        "links": memberships.exclude(collection=version.sequence_id).exists,
    }
    sentences = {
        "aliases": _("{version} has an alias and is kept."),
        "tags": _("{version} has a tag and is kept."),
        "links": _("{version} is linked and is kept."),
    }
    for each in savers:
        if has[each]():
            raise Conflict(sentences[each].format(version=version))


@each_item(RESTORE_VERSIONS, title=gettext_lazy("Restore versions"), together=_restore_together)
def restore_one_version(by: User, job: Job, thing: int) -> None:
    restore_version(by=by, version=_version(thing))


@each_item(RUNS, title=gettext_lazy("Delete runs"), inverse=RESTORE_RUNS, weigh=_outputs)
def delete_one_run(by: User, job: Job, thing: int) -> None:
    run = Run.objects.for_path().filter(pk=thing).first()
    if run is None:
        raise Conflict(_("This run was deleted already."))
    delete_run(by=by, run=run, with_artifacts=bool(job.arguments.get("with_artifacts")))


def rehearse_run(by: User, job: Job, thing: int) -> None:
    """Try `delete_one_run`; of a run with many outputs, only those that are likely refused."""
    run = Run.objects.for_path().filter(pk=thing).first()
    with_artifacts = bool(job.arguments.get("with_artifacts"))
    if run is None or not with_artifacts or run.outputs.count() <= REHEARSED:
        delete_one_run(by, job, thing)
    else:
        _rehearse_versions(by, versions_only_of(run))
        delete_run(by=by, run=run)


def _rehearse_versions(by: User, versions: QuerySet[Version]) -> None:
    """Try to delete the few of many versions that are most likely refused."""
    doubtful = likely_refused(versions).values_list("pk", flat=True)
    for version in Version.objects.for_path().filter(pk__in=list(doubtful[:AT_ONCE])):
        delete_version(by=by, version=version, with_aliases=True)


@each_item(RESTORE_RUNS, title=gettext_lazy("Restore runs"), weigh=_outputs)
def restore_one_run(by: User, job: Job, thing: int) -> None:
    run = Run.with_deleted.for_path().filter(pk=thing).first()
    if run is None:
        raise NotFound(_("This run has been removed for good."))
    restore_run(by=by, run=run)


@each_item(
    COLLECTIONS,
    title=gettext_lazy("Delete collections"),
    inverse=RESTORE_COLLECTIONS,
    weigh=_memberships,
)
def delete_one_collection(by: User, job: Job, thing: int) -> None:
    collection = Collection.objects.for_path().filter(pk=thing).first()
    if collection is None:
        raise Conflict(_("This collection was deleted already."))
    delete_collection(by=by, collection=collection)


def rehearse_collection(by: User, job: Job, thing: int) -> None:
    """Try `delete_one_collection`; of a large one, only versions that are likely refused."""
    collection = Collection.objects.for_path().filter(pk=thing).first()
    if collection is None or collection.version_count <= REHEARSED:
        delete_one_collection(by, job, thing)
        return
    if not collection.is_portfolio:
        _rehearse_versions(by, versions_of(collection))
    check_may_delete_collection(by=by, collection=collection)


@each_item(RESTORE_COLLECTIONS, title=gettext_lazy("Restore collections"), weigh=_memberships)
def restore_one_collection(by: User, job: Job, thing: int) -> None:
    collection = Collection.with_deleted.for_path().filter(pk=thing).first()
    if collection is None:
        raise NotFound(_("There is no such collection that you may see."))
    restore_collection(by=by, collection=collection)
