"""Tags of collections, and the rules for names of tags, which hold for versions, too."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import Collection, CollectionTag
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid

MAX_TAGS = 20  # in one request, as the SDK has it
_TAG = re.compile(r"[-\w]+( +[-\w]+)*")


@transaction.atomic
def add_collection_tags(*, by: User, collection: Collection, names: Iterable[str]) -> None:
    """Add tags to the collection; tags that it has already are ignored."""
    check(by, Action.EDIT, collection.project)
    existing = set(collection.tags.values_list("name", flat=True))
    new = [name for name in check_tag_names(names) if name not in existing]
    CollectionTag.objects.bulk_create(
        (CollectionTag(collection=collection, name=name) for name in new), ignore_conflicts=True
    )
    if new:
        _record(by, Verb.ADD_TAGS, collection, after=new)


@transaction.atomic
def remove_collection_tags(*, by: User, collection: Collection, names: Iterable[str]) -> None:
    """Remove tags from the collection; tags that it doesn't have are ignored."""
    check(by, Action.EDIT, collection.project)
    rows = collection.tags.filter(name__in=list(names))
    gone = sorted(rows.values_list("name", flat=True))
    rows.delete()
    if gone:
        _record(by, Verb.REMOVE_TAGS, collection, before=gone)


def check_tag_names(names: Iterable[str]) -> list[str]:
    """Return the tags once each, or raise Invalid: the SDK looks for the words “Invalid tag”."""
    unique = list(dict.fromkeys(names))
    if len(unique) > MAX_TAGS:
        raise Invalid(_("Give at most {limit} tags at a time.").format(limit=MAX_TAGS))
    for name in unique:
        if len(name) > 128 or not _TAG.fullmatch(name):
            raise Invalid(
                _("Invalid tag {name!r}: use letters, digits, “-”, “_” and single spaces.").format(
                    name=name[:128]
                )
            )
    return unique


def _record(
    by: User, verb: Verb, collection: Collection, *, before: object = None, after: object = None
) -> None:
    record_event(
        by=by,
        verb=verb,
        kind=Kind.COLLECTION,
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=collection.project_id,
        before=before,
        after=after,
    )
