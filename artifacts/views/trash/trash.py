"""What was deleted from a project or a registry and can still be brought back."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from artifacts.models import Collection, Project, Run, Version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.restoration_of_parents import restore_collection, restore_run
from artifacts.views.breadcrumbs import artifact_crumbs
from artifacts.views.paths import in_project
from artifacts.views.trash.listings import trash_listing
from artifacts.views.trash.messages import what_is_back, what_is_lost
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.errors import Conflict, Denied, NotFound
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, form_page, go_to, list_page, read_number, render_page

_WORDS = {"versions": "version", "runs": "run", "collections": "collection"}  # of forms
_LABELS = {
    "versions": gettext_lazy("Versions"),
    "runs": gettext_lazy("Runs"),
    "collections": gettext_lazy("Collections"),
}
_SINGLE_MESSAGES = 5  # things of which each has a message of its own


@form_page
@in_project
def trash_list(request: HtmxRequest, project: Project, kind: str = "versions") -> HttpResponse:
    if project.is_registry:
        return redirect(project.trash_url)
    url = reverse("artifacts:trash_list", args=[project.entity.name, project.name])
    tabs = [
        {
            "label": label,
            "url": url if name == "versions" else f"{url}/{name}",
            "current": name == kind,
        }
        for name, label in _LABELS.items()
    ]
    crumbs = artifact_crumbs(project, last=_("Trash"))
    return answer_trash(request, project, kind, url, {"tabs": tabs, "breadcrumb": crumbs})


@exported
@in_project
def trash_export(request: HtmxRequest, project: Project, name: str) -> Listing:
    if name not in _LABELS or project.is_registry:
        raise NotFound(_("A project's trash has no list “{name}”.").format(name=name[:64]))
    url = reverse("artifacts:trash_list", args=[project.entity.name, project.name])
    return trash_listing(project, name, url)


def answer_trash(
    request: HtmxRequest, project: Project, kind: str, url: str, context: dict[str, Any]
) -> HttpResponse:
    """Show one kind of what can be restored, or restore what the form names."""
    word = _WORDS[kind]
    if request.method == "POST":
        only = request.POST.get("only")
        _restore_all(request, project, word, [only] if only else request.POST.getlist(word))
        return go_to(request, request.path)
    table = list_page(
        request,
        trash_listing(project, kind, url),
        summary=lambda n: _summary(kind, n),
    )
    context |= {
        "project": project,
        "kind": kind,
        "word": word,
        "page": table,
        "days": settings.TRASH_DAYS,
        "can_restore": can(request.user, Action.EDIT, project),
    }
    return render_page(request, "artifacts/trash/trash_list.html", context, fragment="trash")


def _summary(kind: str, count: int) -> str:
    if kind == "versions":
        return ngettext(
            "{count} deleted version · last deleted first",
            "{count} deleted versions · last deleted first",
            count,
        )
    if kind == "runs":
        return ngettext(
            "{count} deleted run · last deleted first",
            "{count} deleted runs · last deleted first",
            count,
        )
    return ngettext(
        "{count} deleted collection · last deleted first",
        "{count} deleted collections · last deleted first",
        count,
    )


def _restore_all(request: HtmxRequest, project: Project, word: str, keys: list[str]) -> None:
    """Restore each by itself, and say what became of it; what one refuses stops no other."""
    find, restore = _KINDS[word]
    things = [find(project, key) for key in dict.fromkeys(keys)]
    if not things:
        raise NotFound(_("Nothing was chosen: tick what is to be restored."))
    restored, refused = [], []
    for thing in things:
        try:
            restored.append(restore(request.user, thing))
        except (Conflict, Denied) as refusal:
            if len(things) == 1:
                raise
            refused.append(refusal.message)
    if len(restored) > _SINGLE_MESSAGES:
        text = ngettext("{count} is back.", "{count} are back.", len(restored))
        messages.success(request, text.format(count=len(restored)))
    for restoration in restored:
        if len(restored) <= _SINGLE_MESSAGES:
            messages.success(request, " ".join(what_is_back(request.user, restoration)))
        for lost in what_is_lost(request.user, restoration):
            messages.warning(request, lost)
    for sentence in dict.fromkeys(refused):
        messages.warning(request, sentence)


def _version(project: Project, key: str) -> Version:
    """The version that a Restore button names; one that is back already is fine, too."""
    versions = Version.objects.filter(sequence__project=project, pk=read_number(key)).for_path()
    return _need(
        versions.first(), _("There is no such version in the trash; it may be gone for good.")
    )


def _run(project: Project, key: str) -> Run:
    run = Run.with_deleted.filter(project=project, pk=read_number(key)).first()
    found = _need(run, _("There is no such run in the trash; it may be gone for good."))
    found.project = project
    return found


def _collection(project: Project, key: str) -> Collection:
    rows = Collection.with_deleted.filter(project=project, pk=read_number(key)).for_path()
    return _need(
        rows.first(), _("There is no such collection in the trash; it may be gone for good.")
    )


def _need(found: Any, message: str) -> Any:
    if found is None:
        raise NotFound(message)
    return found


_KINDS: dict[str, tuple[Callable[[Project, str], Any], Callable[[Any, Any], Any]]] = {
    "version": (_version, lambda by, thing: restore_version(by=by, version=thing)),
    "run": (_run, lambda by, thing: restore_run(by=by, run=thing)),
    "collection": (_collection, lambda by, thing: restore_collection(by=by, collection=thing)),
}
