"""The form for a sequence's retention rule, which shows what it would delete before it is saved."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.forms.retention import USUAL, RetentionForm
from artifacts.models import Collection, RetentionRule
from artifacts.services.retention.rules import (
    NO_RULE,
    Retirement,
    describe_rule,
    read_rule,
    remove_retention_rule,
    retirement_of,
    set_retention_rule,
)
from artifacts.views.paths import in_collection
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import NotFound
from registry_site.pages import (
    HtmxRequest,
    attempt,
    form_page,
    posted,
    render_form,
    render_page,
    show_again,
)
from registry_site.queries.prepared import prepared

_TEMPLATE = "artifacts/retention/retention_edit.html"


@dataclass(frozen=True)
class RetentionPage:
    """What retention_edit.html shows beside the form."""

    title: str
    has_rule: bool
    retirement: Retirement  # what the rule of the form would delete now
    days: int  # for which versions stay in the trash
    close_url: str


@form_page
@in_collection
def retention_edit(request: HtmxRequest, collection: Collection) -> HttpResponse:
    check(request.user, Action.EDIT, collection.project)
    if collection.is_portfolio:
        raise NotFound(_("Only collections to which versions are logged have a retention rule."))
    if "remove" in request.POST:
        remove_retention_rule(by=request.user, collection=collection)
        messages.success(request, _("{name} keeps all its versions.").format(name=collection))
        return show_again(request, collection.get_absolute_url())
    form = RetentionForm(posted(request), now=read_rule(collection))
    if "preview" in request.POST:
        return _show(request, collection, form, is_preview=True)

    def save(data: dict[str, Any]) -> RetentionRule:
        return set_retention_rule(
            by=request.user, collection=collection, rule=form.rule, opened=data["opened"]
        )

    if attempt(form, save):
        messages.success(request, _what_goes(collection, form.rule))
        return show_again(request, collection.get_absolute_url())
    return _show(request, collection, form)


@dataclass(frozen=True)
class Retention:
    """What artifacts/retention/_rule.html shows on the page of a sequence."""

    rule: str  # in words, "" where there is none
    url: str  # for those who may set it, else ""


def retention_on(user: User, collection: Collection) -> Retention | None:
    """Return the rule of a sequence; None for a portfolio, which has none."""
    if collection.is_portfolio:
        return None
    (rule,) = _rules(collection.pk) or (None,)
    may_set = can(user, Action.EDIT, collection.project)
    return Retention(
        describe_rule(rule) if rule else "", retention_url(collection) if may_set else ""
    )


@prepared
def _rules(collection: Any) -> QuerySet:
    return RetentionRule.objects.filter(collection=collection)


def retention_url(collection: Collection) -> str:
    """Return the address of the form that sets the rule."""
    project = collection.project
    address = [project.entity.name, project.name, collection.artifact_type.name, collection.name]
    return reverse("artifacts:retention_edit", args=address)


def _show(
    request: HtmxRequest, collection: Collection, form: RetentionForm, *, is_preview: bool = False
) -> HttpResponse:
    now = read_rule(collection)
    rule = form.rule if form.is_bound and form.is_valid() else now
    rule = rule | {"keep_newest": rule["keep_newest"] or USUAL}
    page = RetentionPage(
        title=_("Retention of {name}").format(name=collection),
        has_rule=now != NO_RULE,
        retirement=retirement_of(collection, rule),
        days=settings.TRASH_DAYS,
        close_url=collection.get_absolute_url(),
    )
    if is_preview and form.is_valid():
        return render_page(request, _TEMPLATE, {"page": page, "form": form}, fragment="dialog")
    return render_form(request, form, _TEMPLATE, {"page": page})


def _what_goes(collection: Collection, rule: dict[str, Any]) -> str:
    count = retirement_of(collection, rule).count
    text = ngettext(
        "Rule saved: {count} version goes to the trash with the next daily sweep.",
        "Rule saved: {count} versions go to the trash with the next daily sweep.",
        count,
    )
    return text.format(count=f"{count:,}")
