"""Aliases of a membership, from any page that shows it: add, move, remove, and undo."""

from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from artifacts.forms.aliases import AliasesForm
from artifacts.forms.release import NoteForm
from artifacts.models import Membership
from artifacts.services.aliases.aliases import (
    AliasChange,
    add_aliases,
    check_protected,
    remove_aliases,
)
from artifacts.services.aliases.undo import undo_alias_changes
from artifacts.services.usage.consumers import (
    Consumers,
    ProtectedMove,
    consumers_of,
    protected_moves_of,
)
from artifacts.views.aliases.messages import tell_alias_changes
from artifacts.views.aliases.move_preview import moves_asked
from artifacts.views.paths import with_membership
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Conflict, Invalid, NotFound
from registry_site.pages import (
    HtmxRequest,
    form_page,
    go_to,
    page_behind,
    posted,
    read_number,
    render_form,
    render_page,
    show_again,
)


@form_page
@with_membership
def alias_add(request: HtmxRequest, membership: Membership) -> HttpResponse:
    collection = membership.collection
    check(request.user, Action.EDIT, collection.project)
    form = AliasesForm(
        posted(request),
        user=request.user,
        project=collection.project,
        collection=collection,
        membership=membership,
        is_required=True,
    )
    changes = _add(request.user, membership, form)
    if changes is not None:
        tell_alias_changes(request, membership, changes)
        return show_again(request, membership.get_absolute_url())
    context = {
        "version": str(membership),
        "close_url": membership.get_absolute_url(),
        "moves": moves_asked(request.user, collection, form.questions, membership),
    }
    return render_form(request, form, "artifacts/aliases/alias_add.html", context)


def _add(user: User, membership: Membership, form: AliasesForm) -> list[AliasChange] | None:
    """Do what the form says; return None where it was refused, or asks a question first."""
    if not form.is_valid() or form.asks(membership.version_id):
        return None
    try:
        return add_aliases(
            by=user, membership=membership, names=form.names, note=form.cleaned_data["note"]
        )
    except (Invalid, Conflict) as refusal:
        form.add_error("new_aliases", refusal.message)
        return None


@dataclass(frozen=True)
class Removal:
    """What artifacts/aliases/alias_remove.html shows beside the form."""

    name: str  # of the alias
    version: str
    close_url: str
    questions: list[ProtectedMove]
    consumers: Consumers | None  # None where nothing has to be asked


@form_page
@with_membership
def alias_remove(request: HtmxRequest, membership: Membership) -> HttpResponse:
    """Remove an alias at once if it isn't protected; else ask, and say who uses it."""
    collection = membership.collection
    name = (posted(request) or request.GET).get("alias", "")
    check(request.user, Action.EDIT, collection.project)
    check_protected(by=request.user, project=collection.project, names=[name])
    if request.method != "POST" and not membership.aliases.filter(name=name).exists():
        text = _("{version} doesn't have the alias `{name}`.")
        raise NotFound(text.format(version=membership, name=name))
    questions = protected_moves_of(collection=collection, names=[name])
    questions = [each for each in questions if each.version_id == membership.version_id]
    is_sure = {each.key for each in questions} <= set(request.POST.getlist("confirmed"))
    if request.method == "POST" and is_sure:
        note = request.POST.get("note", "")
        changes = remove_aliases(by=request.user, membership=membership, names=[name], note=note)
        tell_alias_changes(request, membership, changes)
        return _show_without(request, membership, name)
    return _ask(request, membership, name, questions)


def _show_without(request: HtmxRequest, membership: Membership, alias: str) -> HttpResponse:
    """Show the page again, under its number if it was opened by the alias that was removed."""
    address, behind = membership.alias_url(alias), page_behind(request)
    path = unquote(behind.partition("?")[0])
    if path == unquote(address) or path.startswith(f"{unquote(address)}/"):
        rest = path.removeprefix(unquote(address))
        return go_to(request, membership.get_absolute_url() + rest)
    return show_again(request, membership.get_absolute_url())


def _ask(
    request: HtmxRequest, membership: Membership, name: str, questions: list[ProtectedMove]
) -> HttpResponse:
    user, collection, version = request.user, membership.collection, membership.version_id
    removal = Removal(
        name=name,
        version=str(membership),
        close_url=membership.get_absolute_url(),
        questions=questions,
        consumers=consumers_of(by=user, collection=collection, alias=name, version_id=version)
        if questions
        else None,
    )
    context = {"removal": removal, "form": NoteForm(posted(request))}
    status = 422 if request.method == "POST" else 200
    return render_page(
        request, "artifacts/aliases/alias_remove.html", context, fragment="dialog", status=status
    )


@require_POST
@with_membership
def alias_undo(request: HtmxRequest, membership: Membership) -> HttpResponse:
    changes = undo_alias_changes(
        by=request.user,
        collection=membership.collection,
        event_ids=[pk for pk in map(read_number, request.POST.getlist("change")) if pk],
    )
    tell_alias_changes(request, membership, changes)
    return show_again(request, membership.get_absolute_url())
