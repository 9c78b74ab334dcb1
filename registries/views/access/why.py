"""Explain access: any person, anything they might do in this registry, and the rule."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership
from registries.forms.people import WhyForm
from registries.models import Registry
from registries.services.access.answers import Answer, facts_about, why
from registries.services.access.questions import QUESTIONS, Question, Subject
from registries.services.members.people_by_name import find_named
from registries.views.breadcrumbs import Crumbs, registry_crumbs
from registries.views.paths import in_registry
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Invalid
from registry_site.pages import HtmxRequest, attempt, render_page

MOST_PEOPLE = 5  # people in one answer


@dataclass(frozen=True)
class PersonAnswers:
    """What a person may do here, and facts about their access."""

    user: User
    answers: list[Answer]
    facts: list[str]


@dataclass(frozen=True)
class WhyPage:
    """What why.html shows beside its form."""

    subject: Subject  # what the questions are about
    people: list[PersonAnswers]
    can_manage: bool  # may ask about everybody

    @property
    def breadcrumb(self) -> Crumbs:
        return registry_crumbs(self.subject.registry, _("Explain access"))


@require_safe
@in_registry
def why_page(request: HtmxRequest, registry: Registry) -> HttpResponse:
    subject = _subject(request, registry)
    can_manage = can(request.user, Action.MANAGE, registry.project)
    sent = request.GET.copy()
    sent.setdefault("alias", subject.alias)
    form = WhyForm(sent, questions=_questions(subject))
    if form.is_valid() and not _is_about_oneself(request.user, form.cleaned_data["names"]):
        check(request.user, Action.MANAGE, registry.project)  # before any person is looked up
    people = attempt(form, lambda data: _answers(request.user, subject, data)) or []
    context = {"page": WhyPage(subject, people, can_manage), "form": form}
    status = 422 if form.errors else 200
    return render_page(
        request, "registries/access/why.html", context, fragment="answers", status=status
    )


def _subject(request: HtmxRequest, registry: Registry) -> Subject:
    """Return what the address is about; parts that don't exist are left out."""
    project, query = registry.project, request.GET
    collections = Collection.objects.filter(project=project, name=query.get("collection", ""))
    collection = collections.filter(deleted_at=None).first()
    membership = None
    if collection and query.get("version"):
        memberships = Membership.objects.visible_to(request.user).filter(collection=collection)
        membership = memberships.for_page().called(query["version"]).first()
    protected = sorted(project.protected_alias_names)
    alias = query.get("alias", "").strip() or next(iter(protected), "")
    return Subject(registry, alias=alias[:128], collection=collection, membership=membership)


def _questions(subject: Subject) -> list[tuple[str, str]]:
    """Return what the form offers to ask; an alias can still be typed."""
    names = _names(subject)
    return [
        (question.value, str(text).format(**names))
        for question, text in QUESTIONS.items()
        if subject.asks(question) or question == Question.ALIAS
    ]


def _names(subject: Subject) -> dict[str, Any]:
    return {
        "alias": subject.alias or "…",
        "collection": subject.collection,
        "version": subject.membership,
    }


def _answers(by: User, subject: Subject, data: dict[str, Any]) -> list[PersonAnswers]:
    registry = subject.registry
    names = data["names"]
    if not names and can(by, Action.MANAGE, registry.project):
        return []
    if _is_about_oneself(by, names):
        users = [by]  # a server admin, too, who belongs to no organization
    else:
        meant = find_named(by=by, organization=registry.organization, names=names)
        users = meant.users
        if meant.teams or len(users) > MOST_PEOPLE:
            raise Invalid(
                _("Name people, not teams, and at most {limit}.").format(limit=MOST_PEOPLE)
            )
    questions = [Question(data["do"])] if data["do"] else list(Question)
    return [
        PersonAnswers(
            user,
            answers=why(by=by, user=user, subject=subject, questions=questions),
            facts=facts_about(user=user, registry=registry),
        )
        for user in users
    ]


def _is_about_oneself(by: User, names: list[str]) -> bool:
    return not names or [name.lower() for name in names] == [by.username.lower()]
