"""People ask for roles; admins of the registry or team grant or decline them (request_answers.py).

A person who may not see a registry asks for it by its name. Then nothing that they read depends on
whether it exists: a request for a registry that does not exist waits like any other, and a refusal
is not shown.
"""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Project
from registries.models import AccessRequest, Registry
from registries.services.members.request_endings import end_request, record_request
from registry_site.accounts.models import Organization, Team, User, Verb
from registry_site.accounts.permissions import ROLE_ORDER, Action, Role, check
from registry_site.accounts.services.members import check_role
from registry_site.errors import Conflict, Invalid, NotFound

MOST_WAITING = 20  # open requests of one person
MOST_TEXT = 500  # characters of a note, and of an answer
_SHOWN = timedelta(days=14)  # how long an answer stays on the person's home page
_State = AccessRequest.State


def request_registry_access(
    *, by: User, organization: Organization, name: str, role: str, note: str = ""
) -> AccessRequest:
    """Ask for a role in the registry of this name, whether the person sees it or not.

    Asking again changes nothing. Raises Conflict for a person who has the role, or who has too many
    open requests.
    """
    check(by, Action.READ, organization)
    if role not in ROLE_ORDER:
        raise Invalid(_("{role!r} is not a role in a registry.").format(role=role[:40]))
    lowered = Lower(Value(name))
    registries = Registry.objects.filter(organization=organization, name__lower=lowered)
    registry = registries.for_path().first()
    own_role = registry.project.role_of(by) if registry else None
    if own_role is not None and registry is not None:
        _check_is_more(own_role, role, registry.project)
        name = registry.name
    return _ask(
        by,
        role=role,
        note=note,
        organization=organization,
        name=name,
        project=registry.project if registry else None,
        is_blind=own_role is None,
    )


def request_team_access(*, by: User, team: Team, role: str, note: str = "") -> AccessRequest:
    """Ask for a role in a team that the person belongs to; rules as for a registry."""
    check(by, Action.READ, team)
    check_role(role)
    _check_is_more(team.role_of(by), role, team)
    return _ask(
        by,
        role=role,
        note=note,
        organization=team.organization,
        name=str(team),
        team=team,
        is_blind=False,
    )


@transaction.atomic
def withdraw_request(*, by: User, pk: int) -> AccessRequest:
    """Withdraw one's own request; nothing happens if it is withdrawn already."""
    request = AccessRequest.objects.select_for_update(of=("self",)).filter(pk=pk, user=by).first()
    if request is None or request.shown_state not in {_State.OPEN, _State.WITHDRAWN}:
        raise NotFound(_gone())
    if request.state != _State.WITHDRAWN:
        end_request(by, request, _State.WITHDRAWN, Verb.WITHDRAW_REQUEST)
    return request


def requests_of(user: User) -> QuerySet[AccessRequest]:
    """Return the person's requests: those that wait, and those that were answered lately."""
    since = timezone.now() - _SHOWN
    answered = Q(state=_State.GRANTED) | Q(state=_State.DECLINED, is_blind=False)
    waiting = Q(state=_State.OPEN) | Q(state=_State.DECLINED, is_blind=True)
    return (
        AccessRequest.objects.filter(waiting | answered & Q(answered_at__gte=since), user=user)
        .exclude(is_blind=False, project__deleted_at__isnull=False)
        .exclude(is_blind=False, project__isnull=True, team__isnull=True)
        .for_page()
        .order_by("-pk")
    )


@transaction.atomic
def _ask(by: User, *, role: str, note: str, **place: Any) -> AccessRequest:
    _check_length(note)
    waiting = AccessRequest.objects.waiting_of(by)
    if earlier := _earlier_request(waiting, place):
        return _lead_to_registry(earlier, place.get("project"))
    if waiting.count() >= MOST_WAITING:
        raise Conflict(
            _("{limit} requests of yours wait for an answer: withdraw one of them first.").format(
                limit=MOST_WAITING
            )
        )
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(user=by, role=role, note=note.strip(), **place)
    except IntegrityError:
        if earlier := _earlier_request(waiting, place):  # another request of theirs was faster
            return earlier
        # asked under another name, when they saw it: this one waits like what does not exist
        request = AccessRequest.objects.create(
            user=by, role=role, note=note.strip(), **place | {"project": None, "is_blind": True}
        )
    record_request(by, Verb.REQUEST_ACCESS, request, note=request.note)
    return request


def _earlier_request(
    waiting: QuerySet[AccessRequest], place: dict[str, Any]
) -> AccessRequest | None:
    """Return the waiting request for the same thing, if the person may know that it is the same."""
    same = Q(organization=place["organization"], team__isnull=True)
    same &= Q(name__lower=Lower(Value(place["name"])))
    if not place["is_blind"] and place.get("team"):
        same = Q(team=place["team"])
    elif not place["is_blind"]:
        same = Q(project=place["project"], state=_State.OPEN)
    return waiting.filter(same).order_by("pk").first()


def _lead_to_registry(request: AccessRequest, project: Project | None) -> AccessRequest:
    """Let a request that went nowhere reach the registry that was made since."""
    is_nowhere = request.project_id is None and request.team_id is None
    if project is not None and is_nowhere and request.state == _State.OPEN:
        same = AccessRequest.objects.filter(user=request.user, project=project, state=_State.OPEN)
        if not same.exists():
            request.project = project
            request.save(update_fields=["project"])
    return request


def _check_is_more(own_role: Role | None, role: str, place: Any) -> None:
    if own_role is not None and own_role.rank <= Role(role).rank:
        raise Conflict(
            _("You already have the role {role} in {place}.").format(
                role=own_role.label, place=place
            )
        )


def _check_length(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise Invalid(_("A note has at most {limit} characters.").format(limit=MOST_TEXT))


def _gone() -> str:
    return _("There is no such request waiting for you.")
