"""Saved views: whoever sees a table may save private ones, whoever may edit may share them."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import Collection, Project, SavedView
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid, NotFound
from registry_site.texts.edits import Opened
from registry_site.texts.json_text import clean_text

MAX_NAME = 64
MAX_QUERY = 2000
MAX_VIEWS = 50  # of one person on one table
# parts of an address that aren't saved: the page, the ticked rows, and the choice of columns
# while it is open
_PASSING = {"after", "before", "choose", "find", "version"}


def normal_query(text: str) -> str:
    """Return the query of a table's address, in one spelling and without page and empty parts.

    Raises Invalid where it is too long or isn't a query.
    """
    try:
        pairs = parse_qsl(text.removeprefix("?"), max_num_fields=200)
    except ValueError as error:
        raise Invalid(_("This address asks for too much to be saved.")) from error
    pairs_to_save = [
        (clean_text(name), clean_text(value))
        for name, value in pairs
        if name.rpartition("_")[2] not in _PASSING
    ]
    query = urlencode(pairs_to_save)
    if len(query) > MAX_QUERY:
        raise Invalid(_("This address asks for too much to be saved."))
    return query


@transaction.atomic
def create_saved_view(
    *,
    by: User,
    project: Project,
    table: str,
    name: str,
    query: str,
    is_shared: bool = False,
    collection: Collection | None = None,
) -> SavedView:
    """Save the query of a table's address under a name; sharing it needs Member.

    Raises Conflict where the person has a view of this name there, or too many views.
    """
    check(by, Action.EDIT if is_shared else Action.READ, project)
    view = SavedView(
        project=project,
        collection=collection,
        table=table,
        name=_checked(name),
        query=normal_query(query),
        owner=by,
        is_shared=is_shared,
    )
    others = SavedView.objects.of_table(project, table, collection).filter(owner=by)
    if others.count() >= MAX_VIEWS:
        raise Conflict(
            _("You have {count} views of this table; delete one first.").format(count=MAX_VIEWS)
        )
    _save(view)
    _record(by, Verb.CREATE, view, was_shared=False)
    return view


@transaction.atomic
def update_saved_view(
    *,
    by: User,
    view: SavedView,
    name: str,
    is_shared: bool,
    query: str | None = None,
    opened: Opened | None = None,
) -> SavedView:
    """Rename the view, make it shared or private, and replace its query, if one is given.

    `opened` has the values with which a form was opened. Raises Conflict where its owner has
    another view of this name there, or where somebody changed it meanwhile (Unread).
    """
    before = facts_of(_lock(view))
    was_shared = view.is_shared = bool(before["is_shared"])
    check_change(by, view)
    fields: dict[str, Any] = {"name": _checked(name), "is_shared": is_shared}
    if query is not None:
        fields["query"] = normal_query(query)
    after = before | settle_edit(
        by=by, opened=opened, now=before, texts=fields, kind=Kind.SAVED_VIEW, subject_id=view.pk
    )
    if after["is_shared"] and not was_shared:
        check(by, Action.EDIT, view.project)
    view.name, view.query, view.is_shared = after["name"], after["query"], after["is_shared"]
    if after != before:
        _save(view, ["name", "is_shared", "query"])
        _record(by, Verb.UPDATE, view, was_shared=was_shared, before=before)
    return view


@transaction.atomic
def delete_saved_view(*, by: User, view: SavedView) -> None:
    """Delete the view; a shared one is gone for everybody."""
    check_change(by, view)
    _record(by, Verb.DELETE, view, was_shared=view.is_shared, before=facts_of(view))
    view.delete()


def check_change(by: User, view: SavedView) -> None:
    """Raise NotFound for others' private views, and Denied where `may_change` is false."""
    if not view.is_shared and view.owner != by:
        raise NotFound(_("There is no such view, or you may not see it."))
    check(by, Action.READ if view.owner == by else Action.MANAGE, view.project)


def may_change(user: User, view: SavedView) -> bool:
    """Return whether the view is the person's own, or they are an admin of its project."""
    action = Action.READ if view.owner == user else Action.MANAGE
    return can(user, action, view.project)


def _checked(name: str) -> str:
    name = " ".join(clean_text(name).split())
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid(_("Give the view a name of 1 to {limit} characters.").format(limit=MAX_NAME))
    return name


def _save(view: SavedView, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            view.save(update_fields=fields)
    except IntegrityError as error:
        text = _("{owner} already has a view {name!r} of this table.")
        raise Conflict(text.format(owner=view.owner, name=view.name)) from error


def _lock(view: SavedView) -> SavedView:
    """Lock and return the row, until the end of the transaction; NotFound where it is gone."""
    locked = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if locked is None:
        raise NotFound(_("There is no such view, or you may not see it."))
    return locked


def facts_of(view: SavedView) -> dict[str, Any]:
    """Return the values of a view that can be changed."""
    return {"name": view.name, "query": view.query, "is_shared": view.is_shared}


def _record(
    by: User, verb: Verb, view: SavedView, *, was_shared: bool, before: object = None
) -> None:
    """Record the change of a shared view; changes of private views are not recorded."""
    if not (view.is_shared or was_shared):
        return
    place = view.collection.target_path if view.collection else str(view.project)
    record_event(
        by=by,
        verb=verb,
        kind=Kind.SAVED_VIEW,
        subject=f"{place}: {view.name}",
        subject_id=view.pk,
        project_id=view.project_id,
        before=before,
        after=None if verb == Verb.DELETE else facts_of(view),
    )
