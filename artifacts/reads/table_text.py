"""Filters of tables by text: a row matches by what its cells show to this person, and no more.

Columns with a filter of their own (a state, a type), numbers and times are not searched.
"""

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from artifacts.querysets.collections import LATEST, NUMBER
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action


def memberships_showing(text: str, *, by: User, collection: Any, newest: int | None) -> Q:
    """Return the condition that a membership of the collection shows the text in its row.

    It may be in the number, an alias, `latest` (`newest` is its key), a version tag, the run, the
    person, or the source. No subquery looks beyond the collection.
    """
    aliases = _model("Alias").objects.filter(collection=collection, name__icontains=text)
    tags = _model("VersionTag").objects.filter(
        name__icontains=text, version__memberships__collection=collection
    )
    people = apps.get_model("accounts", "User").objects.filter(username__icontains=text)
    condition = (
        Q(pk__in=aliases.values("membership"))
        | Q(version__in=tags.values("version"))
        | Q(version__created_by__in=people.values("pk"))
        | Q(version__run__in=_runs_named(text, by, collection))
    )
    if number := NUMBER.fullmatch(text):
        condition |= Q(index=int(number[1]))
    if text.lower() in LATEST:
        condition |= Q(pk=newest)
    return condition | _from(text, by) if collection.is_portfolio else condition


def runs_showing(text: str) -> Q:
    """Return the condition that a run has the text in its name or id, job type, or person."""
    return (
        Q(display_name__icontains=text)
        | Q(name__icontains=text)
        | Q(job_type__icontains=text)
        | Q(user__username__icontains=text)
    )


def collections_showing(text: str) -> Q:
    """Return the condition that a collection has the text in a cell of its row.

    It may be in the name, a tag, an alias of a version in it, or the name of who changed it last.
    """
    tags = _model("CollectionTag").objects.filter(name__icontains=text)
    aliases = _model("Alias").objects.filter(name__icontains=text)
    return (
        Q(name__icontains=text)
        | Q(pk__in=tags.values("collection"))
        | Q(pk__in=aliases.values("collection"))
        | Q(updated_by__username__icontains=text)
    )


def _runs_named(text: str, by: User, collection: Any) -> QuerySet[Any]:
    """Return the visible runs with this text in their name that logged to the collection."""
    projects = _model("Project").objects.permitting(Action.READ, by)
    logged = _model("Version").objects.filter(memberships__collection=collection)
    runs = _model("Run").objects.filter(display_name__icontains=text, project__in=projects)
    return runs.filter(pk__in=logged.values("run")).values("pk")


def _from(text: str, by: User) -> Q:
    """Return the condition that the source's path has the text in it.

    The text may be of the short or the full path, with a number or without.
    """
    path, _colon, reference = text.rpartition(":")
    number = NUMBER.fullmatch(reference) if path else None
    sequences = _model("Collection").objects.permitting(Action.READ, by).filter(kind="sequence")
    entity = "project__entity__name"
    with_paths = sequences.annotate(
        short=Concat(entity, Value("/"), "name"),
        long=Concat(entity, Value("/"), "project__name", Value("/"), "name"),
    )
    text_sought = path if number else text
    rows = with_paths.filter(Q(short__icontains=text_sought) | Q(long__icontains=text_sought))
    from_there = Q(version__sequence__in=rows.values("pk"))
    return from_there & Q(version__version_index=int(number[1])) if number else from_there


def _model(name: str) -> Any:
    return apps.get_model("artifacts", name)
