"""Collections: made in registries and projects, described, tagged, deleted while empty."""

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import ArtifactType, Collection, CollectionTag, Project
from registry_site.accounts.models import User
from registry_site.accounts.names import check_collection_name, check_type_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid

_TAG = re.compile(r"[-\w]+( +[-\w]+)*")
MAX_TAGS = 20  # in one request, as the SDK has it


@transaction.atomic
def create_collection(
    *,
    by: User,
    project: Project,
    name: str,
    type_name: str,
    description: str = "",
    tags: Iterable[str] = (),
) -> Collection:
    """Make an empty collection to link to. Raises Conflict where the name is taken."""
    check(by, Action.EDIT, project)
    if Collection.objects.filter(project=project, name=name).exists():
        raise Conflict(_("There already is a collection {name!r} here.").format(name=name))
    names = check_tag_names(tags)
    collection = create_portfolio(
        by=by, project=project, name=name, type_name=type_name, description=description
    )
    CollectionTag.objects.bulk_create(
        CollectionTag(collection=collection, name=tag) for tag in names
    )
    return collection


def create_portfolio(
    *, by: User, project: Project, name: str, type_name: str, description: str = ""
) -> Collection:
    """Make the collection, or return the one of this name, for those who checked the right."""
    check_collection_name(name)
    check_type_name(type_name)
    if not project.accepts(type_name):
        raise Invalid(
            _("{project} doesn't accept the type “{type}”. It accepts: {accepted}.").format(
                project=project, type=type_name, accepted=", ".join(project.accepted_type_names)
            )
        )
    artifact_type = get_type(project, type_name)
    try:
        with transaction.atomic():
            collection = Collection.objects.create(
                project=project, artifact_type=artifact_type, kind=Collection.Kind.PORTFOLIO,
                name=name, description=description, created_by=by, updated_by=by,
            )  # fmt: skip
    except IntegrityError:
        return Collection.objects.get(project=project, name=name)
    _record(by, "create", collection, after={"type": type_name})
    return collection


@transaction.atomic
def update_collection(
    *, by: User, collection: Collection, name: str | None = None, description: str | None = None
) -> Collection:
    """Rename the collection or write its card; None leaves as it is."""
    check(by, Action.EDIT, collection.project)
    before = {"name": collection.name, "description": collection.description}
    if name is not None and name != collection.name:
        collection.name = check_collection_name(name)
        others = Collection.objects.filter(project=collection.project_id, name=name)
        if others.exists():
            raise Conflict(_("There already is a collection {name!r} here.").format(name=name))
    if description is not None:
        collection.description = description
    after = {"name": collection.name, "description": collection.description}
    if after != before:
        collection.updated_by = by
        collection.save(update_fields=["name", "description", "updated_by", "updated_at"])
        _record(by, "update", collection, before=before, after=after)
    return collection


@transaction.atomic
def delete_collection(*, by: User, collection: Collection) -> None:
    """Delete an empty collection; raises Conflict while it holds versions."""
    check(by, Action.EDIT, collection.project)
    held = Collection.objects.select_for_update(of=("self",)).filter(pk=collection.pk).first()
    if held is None:
        return  # a repeated request
    if held.memberships.exists() or held.versions.exists():
        raise Conflict(
            _(
                "The collection {name!r} can't be deleted: it holds {count} versions. "
                "Only empty collections can be deleted; remove its versions first."
            ).format(name=held.name, count=held.version_count)
        )
    _record(by, "delete", collection)
    held.delete()


@transaction.atomic
def add_collection_tags(*, by: User, collection: Collection, names: Iterable[str]) -> None:
    """Tag the collection; tags that it has already are passed over."""
    check(by, Action.EDIT, collection.project)
    known = set(collection.tags.values_list("name", flat=True))
    new = [name for name in check_tag_names(names) if name not in known]
    CollectionTag.objects.bulk_create(
        (CollectionTag(collection=collection, name=name) for name in new), ignore_conflicts=True
    )
    if new:
        _record(by, "add_tags", collection, after=new)


@transaction.atomic
def remove_collection_tags(*, by: User, collection: Collection, names: Iterable[str]) -> None:
    """Take tags off the collection; those that it doesn't have are passed over."""
    check(by, Action.EDIT, collection.project)
    found = collection.tags.filter(name__in=list(names))
    gone = sorted(found.values_list("name", flat=True))
    found.delete()
    if gone:
        _record(by, "remove_tags", collection, before=gone)


def check_tag_names(names: Iterable[str]) -> list[str]:
    """Return the tags, once each, or raise Invalid; the SDK looks for the words “Invalid tag”."""
    wanted = list(dict.fromkeys(names))
    if len(wanted) > MAX_TAGS:
        raise Invalid(_("Give at most {limit} tags at a time.").format(limit=MAX_TAGS))
    for name in wanted:
        if len(name) > 128 or not _TAG.fullmatch(name):
            raise Invalid(
                _("Invalid tag {name!r}: use letters, digits, “-”, “_” and single spaces.").format(
                    name=name[:128]
                )
            )
    return wanted


def get_type(project: Project, name: str) -> ArtifactType:
    """Return the project's artifact type of this name, made when first used."""
    return ArtifactType.objects.get_or_create(project=project, name=check_type_name(name))[0]


def _record(
    by: User, verb: str, collection: Collection, *, before: object = None, after: object = None
) -> None:
    record_event(
        by=by, verb=verb, kind="collection", subject=collection.target_path,
        subject_id=collection.pk, project_id=collection.project_id, before=before, after=after,
    )  # fmt: skip
