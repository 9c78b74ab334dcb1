"""Why somebody can or can't do something in a registry.

Each question is put, as that person, to the same checks with which the operation of that name
begins. This module knows no rule: it words what the checks say, and where the role comes from.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Alias
from artifacts.services.retention.holds import OnHold
from registries.models import Registry
from registries.services.access.effective_roles import grant_words, team_names
from registries.services.access.questions import CHECKS, QUESTIONS, Question, Subject
from registry_site.accounts.models import Team, User
from registry_site.accounts.permissions import Action, check, lowest_for
from registry_site.accounts.roles import read_roles_of_many
from registry_site.errors import Denied, DomainError, NotFound


@dataclass(frozen=True)
class Answer:
    """Whether one person can do one thing, and the sentence that says why."""

    question: Question
    can: bool
    sentence: str


def why(*, by: User, user: User, subject: Subject, questions: list[Question]) -> list[Answer]:
    """Answer for a person, as an admin of the registry may ask; anybody may ask about themselves.

    Raises Denied for others.
    """
    action = Action.READ if by == user else Action.MANAGE
    check(by, action, subject.registry.project)
    read_roles_of_many([user])
    teams = team_names(subject.registry)
    words = grant_words(subject.registry, user, teams)
    fitting = [question for question in questions if subject.asks(question)]
    return [_answer(by, user, subject, question, words) for question in fitting]


def facts_about(*, user: User, registry: Registry) -> list[str]:
    """Return further facts about the person: their kind of account, and their other roles."""
    organization = registry.organization
    member = organization.members.filter(user=user).first()
    facts = [
        (user.is_service, _("A service account: nobody logs in as it, it comes with an API key.")),
        (member is None, _("Not in {organization}.").format(organization=organization)),
        (
            member is not None and member.is_guest,
            _("A guest in {organization}; the role of a guest counts like any other.").format(
                organization=organization
            ),
        ),
        (registry.owner_id == user.pk, _("Owner of the registry, which gives no right.")),
    ]
    return [text for is_so, text in facts if is_so]


def loggable_teams(*, user: User, registry: Registry) -> list[str]:
    """Return names of the teams whose versions the person can link here."""
    teams = Team.objects.loggable_by(user).filter(organization=registry.organization_id)
    return [str(team) for team in teams[:10]]


def _answer(by: User, user: User, subject: Subject, question: Question, words: list[str]) -> Answer:
    names = {
        "alias": f"`{subject.alias}`",
        "collection": str(subject.collection),
        "version": str(subject.membership),
    }
    do = str(QUESTIONS[question]).format(**names)
    try:
        CHECKS[question](user, subject)
    except NotFound:
        return Answer(question, False, _unseen(user, subject.registry, do))
    except Denied as refusal:
        return Answer(question, False, _denied(user, subject, question, do, refusal, words))
    except DomainError as refusal:
        text = _("{user} can't {do}. {reason}")
        # the person may see things that the asker may not
        reason = refusal.told_to(by) if isinstance(refusal, OnHold) else refusal.message
        return Answer(question, False, text.format(user=user, do=do, reason=reason))
    role = subject.registry.project.role_of(user)
    role_names = {"role": role.label if role else "–", "source": words[0] if words else "–"}
    sentence = _("{user} can {do}: {role}, {source}.").format(user=user, do=do, **role_names)
    if protected := _protected_names(subject, question):
        text = _("{alias} is protected, which needs {needed}.")
        alias = ", ".join(f"`{name}`" for name in protected)
        needed = lowest_for(Action.PROTECT).label
        sentence = f"{sentence} {text.format(alias=alias, needed=needed)}"
    if question == Question.LINK:
        sentence = f"{sentence} {_linking(user, subject.registry)}"
    return Answer(question, True, sentence)


def _linking(user: User, registry: Registry) -> str:
    teams = loggable_teams(user=user, registry=registry)
    if not teams:
        return _("But only what a team logged can be linked, and they are in no team that logs.")
    return _("What these teams logged: {teams}.").format(teams=", ".join(teams))


def _denied(
    user: User, subject: Subject, question: Question, do: str, refusal: Denied, words: list[str]
) -> str:
    role = subject.registry.project.role_of(user)
    names = {
        "user": user,
        "do": do,
        "needed": refusal.needed.label if refusal.needed else "–",
        "role": role.label if role else "–",
        "source": words[0] if words else "–",
    }
    if protected := _protected_names(subject, question):
        names["alias"] = ", ".join(f"`{name}`" for name in protected)
        return _(
            "{user} can't {do}: {alias} is protected, which needs {needed} (has {role}, {source})."
        ).format(**names)
    return _("{user} can't {do}: that needs {needed} (has {role}, {source}).").format(**names)


def _protected_names(subject: Subject, question: Question) -> list[str]:
    """Return the protected aliases that the question is about, for the sentence."""
    names = {
        Question.ALIAS: lambda: {subject.alias},
        Question.UNLINK: lambda: _carried(membership=subject.membership),
        Question.DELETE_COLLECTION: lambda: _carried(collection=subject.collection),
    }.get(question, set)()
    return sorted(names & subject.registry.project.protected_alias_names)


def _unseen(user: User, registry: Registry, do: str) -> str:
    """Return why somebody has no role at all: the facts that `grants` goes by."""
    names = {"user": user, "do": do, "organization": registry.organization}
    if registry.project.entity_id not in user.roles.organization_entities:
        return _(
            "{user} can't {do}: they are not in {organization}, and only its people can have a "
            "role here."
        ).format(**names)
    return _(
        "{user} can't {do}, nor know of the registry: it is restricted, and neither they nor a "
        "team of theirs is a member."
    ).format(**names)


# ------------------------------------------------------------------ what the operations ask first


def _carried(**place: Any) -> set[str]:
    return set(Alias.objects.filter(**place).values_list("name", flat=True))
