"""The dialogs that move an alias to another version, or back to one that had it before."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.forms.release import AliasMoveForm
from artifacts.models import Alias, Collection, Membership
from artifacts.services.aliases.aliases import AliasChange, check_protected
from artifacts.services.aliases.periods import holder_of, starts_of
from artifacts.services.aliases.roll_back import (
    membership_to_return_to,
    move_alias,
    roll_back_alias,
)
from artifacts.views.aliases.messages import tell_alias_changes
from artifacts.views.aliases.move_preview import Move, move_of, versions_to_choose
from artifacts.views.paths import with_collection
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid, NotFound
from registry_site.pages import (
    HtmxRequest,
    attempt,
    form_page,
    posted,
    read_number,
    render_form,
    show_again,
)


@dataclass(frozen=True)
class Choice:
    """A version to which the alias can move, with the first of its aliases."""

    number: str
    aliases: list[str]


@dataclass(frozen=True)
class MoveDialog:
    """What artifacts/aliases/alias_move.html shows beside the form."""

    move: Move
    event: int | None  # that the alias goes back to; None where a version is chosen
    choices: list[Choice]
    url: str
    close_url: str


@form_page
@with_collection
def alias_move(request: HtmxRequest, collection: Collection) -> HttpResponse:
    name = _alias_named(request, collection)
    holder = holder_of(collection, name)
    to = _argument(request, "to")
    membership = _membership(collection, to) or (None if to else _newest_other(collection, holder))
    form = _form(request, holder)

    def move(data: dict[str, Any]) -> HttpResponse:
        if membership is None:
            raise Invalid(_("Choose the version to which it moves."))
        changes = move_alias(
            by=request.user,
            membership=membership,
            name=name,
            note=data["note"],
            opened=data["opened"],
        )
        return _moved(request, membership, changes)

    return attempt(form, move) or _dialog(request, collection, name, form, membership)


@form_page
@with_collection
def alias_roll_back(request: HtmxRequest, collection: Collection) -> HttpResponse:
    name = _alias_named(request, collection)
    event_id = read_number(_argument(request, "event"))
    start = starts_of(collection, name).filter(pk=event_id).first()
    if start is None:
        raise NotFound(_("There is no such time of this alias that you may see."))
    membership = membership_to_return_to(collection, name, start)
    form = _form(request, holder_of(collection, name))

    def roll_back(data: dict[str, Any]) -> HttpResponse:
        changes = roll_back_alias(
            by=request.user,
            collection=collection,
            name=name,
            event_id=start.pk,
            note=data["note"],
            opened=data["opened"],
        )
        return _moved(request, membership, changes)

    return attempt(form, roll_back) or _dialog(
        request, collection, name, form, membership, event=start.pk
    )


def _alias_named(request: HtmxRequest, collection: Collection) -> str:
    """Return the alias that the address or the form names, if the person may move it."""
    name = _argument(request, "alias")
    check(request.user, Action.EDIT, collection.project)
    check_protected(by=request.user, project=collection.project, names=[name])
    if not name:
        raise NotFound(_("The address names no alias."))
    return name


def _argument(request: HtmxRequest, name: str) -> str:
    """Return what the form sent, or the address says."""
    return request.POST.get(name) or request.GET.get(name, "")


def _form(request: HtmxRequest, holder: Alias | None) -> AliasMoveForm:
    number = holder.membership.number if holder else ""
    note = request.GET.get("note", "")
    form = AliasMoveForm(posted(request), initial={"opened": number, "note": note})
    if "to" in request.GET:  # another version was chosen: what is typed meanwhile stays
        form.fields["note"].widget.attrs["hx-preserve"] = "true"
    return form


def _membership(collection: Collection, number: str) -> Membership | None:
    if not number:
        return None
    memberships = Membership.objects.live().filter(collection=collection).called(number)
    return _in_collection(collection, memberships.select_related("version").first())


def _newest_other(collection: Collection, holder: Alias | None) -> Membership | None:
    """Return the likeliest target: the newest version, if it doesn't have the alias already."""
    live = Membership.objects.live().filter(collection=collection).newest_first()
    newest = live.select_related("version").first()
    if newest is None or (holder and holder.membership_id == newest.pk):
        return None
    return _in_collection(collection, newest)


def _in_collection(collection: Collection, membership: Membership | None) -> Membership | None:
    if membership:
        membership.collection = collection
    return membership


def _dialog(
    request: HtmxRequest,
    collection: Collection,
    name: str,
    form: AliasMoveForm,
    membership: Membership | None,
    event: int | None = None,
) -> HttpResponse:
    """Show the move as it is now, with the note that was typed."""
    holder = holder_of(collection, name)
    if holder:
        holder.membership.collection = collection
    is_back = event is not None
    dialog = MoveDialog(
        move=move_of(request.user, collection, name, holder, membership),
        event=event,
        choices=[] if is_back else _choices(collection, membership),
        url=_address("alias_roll_back" if is_back else "alias_move", collection),
        close_url=collection.get_absolute_url(),
    )
    return render_form(request, form, "artifacts/aliases/alias_move.html", {"dialog": dialog})


def _choices(collection: Collection, chosen: Membership | None) -> list[Choice]:
    return [
        Choice(membership.number, [alias.name for alias in membership.aliases.all()][:3])
        for membership in versions_to_choose(collection, chosen)
    ]


def _moved(
    request: HtmxRequest, membership: Membership, changes: list[AliasChange]
) -> HttpResponse:
    tell_alias_changes(request, membership, changes)
    return show_again(request, membership.collection.get_absolute_url())


def _address(name: str, collection: Collection) -> str:
    return reverse(f"artifacts:{name}", args=[collection.pk])
