"""Filters of tables by text: what a row shows is what finds it, and nothing that one may not see.

A row is found by whatever stands in one of its cells. What has a choice of its own beside the
filter (a state, a type) and what is a number or a time is not searched.
"""

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from artifacts.querysets.collections import LATEST, NUMBER
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action


def memberships_showing(text: str, *, by: User, collection: Any, newest: int | None) -> Q:
    """Number, alias, `latest` (which `newest` has), version tag, run, person, or source.

    The memberships are those of the collection, and all that is looked through is bounded by it.
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
    """Name or id, job type, or person."""
    return (
        Q(display_name__icontains=text)
        | Q(name__icontains=text)
        | Q(job_type__icontains=text)
        | Q(user__username__icontains=text)
    )


def collections_showing(text: str) -> Q:
    """Name, tag, alias of a version in it, or who changed it last."""
    tags = _model("CollectionTag").objects.filter(name__icontains=text)
    aliases = _model("Alias").objects.filter(name__icontains=text)
    return (
        Q(name__icontains=text)
        | Q(pk__in=tags.values("collection"))
        | Q(pk__in=aliases.values("collection"))
        | Q(updated_by__username__icontains=text)
    )


def _runs_named(text: str, by: User, collection: Any) -> QuerySet[Any]:
    """The runs that logged versions of the collection, in projects that the person may know of."""
    projects = _model("Project").objects.permitting(Action.READ, by)
    logged = _model("Version").objects.filter(memberships__collection=collection)
    runs = _model("Run").objects.filter(display_name__icontains=text, project__in=projects)
    return runs.filter(pk__in=logged.values("run")).values("pk")


def _from(text: str, by: User) -> Q:
    """Where the source's path has the text in it, short or in full, with a number or without."""
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
