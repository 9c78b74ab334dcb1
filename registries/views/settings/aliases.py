"""Which aliases are protected and which are pinned, and what those names cover today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registries.forms.aliases import PinAliasesForm, ProtectAliasesForm
from registries.models import Registry
from registries.services.aliases.pinned import pin_aliases, unpin_aliases
from registries.services.aliases.protected import protect_aliases, unprotect_aliases
from registries.services.aliases.uses import AliasUse, uses_of
from registries.views.addresses import settings_url
from registries.views.paths import in_registry
from registries.views.settings.frame import settings_frame
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.permissions import Action, check
from registry_site.pages import HtmxRequest, attempt, form_page, go_to, posted, render_page

_FORMS: dict[str, Any] = {"protect": ProtectAliasesForm, "pin": PinAliasesForm}


@dataclass(frozen=True)
class AliasRow:
    """A protected or pinned name, and in words what it covers."""

    use: AliasUse
    covered: str


@dataclass(frozen=True)
class AliasesPage:
    """What aliases.html shows beside its forms."""

    protected: Sequence[AliasRow]
    pinned: Sequence[AliasRow]
    url: str
    unprotect_url: str


@dataclass(frozen=True)
class UnprotectDialog:
    """What alias_unprotect.html shows."""

    row: AliasRow
    staying: Sequence[str]  # the first aliases that another name goes on protecting
    close_url: str


@form_page
@in_registry
def settings_aliases(request: HtmxRequest, registry: Registry) -> HttpResponse:
    do = request.POST.get("do", "")
    if request.method == "POST":
        check(request.user, Action.MANAGE, registry.project)
    if do == "unpin":
        names = request.POST.getlist("name")
        gone = unpin_aliases(by=request.user, registry=registry, names=names)
        return _done(request, registry, _unpinned(gone))
    forms = {
        name: form(posted(request) if do == name else None, auto_id=f"id_{name}_%s")
        for name, form in _FORMS.items()
    }

    def add(data: dict[str, Any]) -> HttpResponse:
        operation, sentence_of = (
            (protect_aliases, _protected) if do == "protect" else (pin_aliases, _pinned)
        )
        new = operation(by=request.user, registry=registry, names=data["names"])
        return _done(request, registry, sentence_of(registry, new))

    added = attempt(forms[do], add) if do in forms else None
    return added or _page(request, registry, forms)


@form_page
@in_registry
def settings_alias_unprotect(request: HtmxRequest, registry: Registry) -> HttpResponse:
    check(request.user, Action.MANAGE, registry.project)
    name = (posted(request) or request.GET).get("name", "")
    if request.method == "POST":
        gone = unprotect_aliases(by=request.user, registry=registry, names=[name])
        return _done(request, registry, _unprotected(gone))
    names = registry.project.protected_alias_names.all()
    if name not in names:
        return _done(request, registry, _unprotected([]))
    (row,) = _rows(registry, [name])
    rest = AliasNames(each for each in names if each != name)
    staying = sorted(row.use.aliases & rest)[:5]
    page = UnprotectDialog(row, staying, settings_url(registry, "settings_aliases"))
    template = "registries/settings/alias_unprotect.html"
    return render_page(request, template, {"page": page}, fragment="dialog")


def _rows(registry: Registry, names: Sequence[str]) -> list[AliasRow]:
    return [AliasRow(use, covered_text(use)) for use in uses_of(registry.project, names)]


def covered_text(use: AliasUse) -> str:
    """Return what a name covers today: "3 versions in 1 collection"."""
    if not use.aliases:
        return _("no version has it yet")
    versions, collections = use.version_count, use.collection_count
    return _("{versions} in {collections}").format(
        versions=ngettext("{n} version", "{n} versions", versions).format(n=f"{versions:,}"),
        collections=ngettext("{n} collection", "{n} collections", collections).format(
            n=f"{collections:,}"
        ),
    )


def _page(request: HtmxRequest, registry: Registry, forms: dict[str, Any]) -> HttpResponse:
    project = registry.project
    protected, pinned = project.protected_alias_names.all(), project.pinned_alias_names
    rows = _rows(registry, [*protected, *pinned])
    context = {
        "frame": settings_frame(request.user, registry, "settings_aliases"),
        "page": AliasesPage(
            protected=rows[: len(protected)],
            pinned=rows[len(protected) :],
            url=settings_url(registry, "settings_aliases"),
            unprotect_url=settings_url(registry, "settings_alias_unprotect"),
        ),
        "protect_form": forms["protect"],
        "pin_form": forms["pin"],
    }
    status = 422 if any(form.is_bound for form in forms.values()) else 200
    template = "registries/settings/aliases.html"
    return render_page(request, template, context, fragment="settings", status=status)


def _done(request: HtmxRequest, registry: Registry, text: str) -> HttpResponse:
    messages.success(request, text)
    return go_to(request, settings_url(registry, "settings_aliases"))


def _protected(registry: Registry, names: Sequence[str]) -> str:
    """Return the sentence that says which names are protected now, and what they cover."""
    if not names:
        return _("Nothing changed: all of these are already protected.")
    uses = uses_of(registry.project, names)
    total = AliasUse("")
    for use in uses:
        total.memberships |= use.memberships
        total.collections |= use.collections
        total.aliases |= use.aliases
    sentences = [ngettext("{names} is protected.", "{names} are protected.", len(names))]
    if total.aliases:
        sentences.append(
            _(
                "That covers {covered} today: only admins move these aliases from now on, and "
                "these versions can't be deleted until the alias is taken off."
            )
        )
    else:
        sentences.append(_("No version has such an alias yet."))
    return " ".join(sentences).format(names=_codes(names), covered=covered_text(total))


def _unprotected(names: Sequence[str]) -> str:
    if not names:
        return _("Nothing changed: it was no longer protected.")
    text = _("{names} is no longer protected: members may give, move and remove it.")
    return text.format(names=_codes(names))


def _pinned(_registry: Registry, names: Sequence[str]) -> str:
    if not names:
        return _("Nothing changed: all of these are already pinned.")
    text = ngettext(
        "{names} is pinned: it stands above the versions of each collection.",
        "{names} are pinned: they stand above the versions of each collection.",
        len(names),
    )
    return text.format(names=_codes(names))


def _unpinned(names: Sequence[str]) -> str:
    if not names:
        return _("Nothing changed: it was no longer pinned.")
    return _("{names} is no longer pinned.").format(names=_codes(names))


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
