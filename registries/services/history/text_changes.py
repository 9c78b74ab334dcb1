"""Changed cards and descriptions: both texts of an event, and restoring an older one."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from artifacts.models import Collection, Project, Version
from artifacts.services.collections.collections import update_collection
from artifacts.services.projects import update_project
from artifacts.services.versions.versions import update_version
from registries.models import Registry
from registries.services.history.rights import reach_event
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event, Kind, User, Verb
from registry_site.accounts.permissions import Action, can, role_reason
from registry_site.accounts.services.edits import settle_edit
from registry_site.errors import Invalid, NotFound
from registry_site.texts.edits import Opened

FIELD = "description"
SIDES = ("before", "after")


@dataclass(frozen=True)
class TextChange:
    """A text before and after a change, None where it was too long to be kept; and as it is now."""

    event: Event
    thing: Any  # the row with the text; None if it was deleted
    before: str | None
    after: str | None
    now: str
    reason: str = ""  # why the person may not write it, "" where they may

    def can_restore(self, side: str) -> bool:
        """Return whether this older text exists, its thing still exists, and the texts differ."""
        text = getattr(self, side)
        return self.thing is not None and text is not None and text != self.now


def changes_text(event: Event) -> bool:
    """Return whether the event changed a card or a description."""
    return (
        event.verb == Verb.UPDATE
        and FIELD in _dict(event.after)
        and (_dict(event.before).get(FIELD) != _dict(event.after)[FIELD])
    )


def text_change_of(*, by: User, event: Event) -> TextChange | None:
    """Return the texts of an event that the person may read; None where it changed none."""
    if not changes_text(event):
        return None
    thing = _thing_of(event)
    container = _container(thing)
    if container is not None and not can(by, Action.READ, container):
        thing = container = None
    action = Action.MANAGE if isinstance(thing, Registry) else Action.EDIT
    return TextChange(
        event=event,
        thing=thing,
        before=_text(_dict(event.before).get(FIELD)),
        after=_text(_dict(event.after)[FIELD]),
        now=_now(thing),
        reason=role_reason(by, action, container) if container is not None else "",
    )


def restore_text(*, by: User, event_pk: int, side: str, opened: Opened | None = None) -> Any:
    """Write the text that stood before (or after) a change once more; an edit like any other.

    Returns whose text it is. `opened`: what the page was opened with. Raises NotFound for an event
    that the person may not read, Invalid for one that changed no text or kept none, and what the
    operation raises that writes this text: Denied, or Conflict where somebody wrote meanwhile.
    """
    change = text_change_of(by=by, event=reach_event(by=by, pk=event_pk))
    if change is None or side not in SIDES:
        raise Invalid(_("This history entry changed no text that could be restored."))
    if change.thing is None:
        raise NotFound(_("What this text described was deleted, or you may not see it."))
    text = getattr(change, side)
    if text is None:
        raise Invalid(_("This text was too long to be kept with its change."))
    _write(by, change, text, opened)
    return change.thing


def _write(by: User, change: TextChange, text: str, opened: Opened | None) -> None:
    thing = change.thing
    if isinstance(thing, Collection):
        update_collection(by=by, collection=thing, description=text, opened=opened)
    elif isinstance(thing, Version):
        update_version(by=by, version=thing, description=text, opened=opened)
    elif isinstance(thing, Registry):
        update_registry(by=by, registry=thing, description=text, opened=opened)
    else:
        update_project(by=by, project=thing, description=_settled(by, change, text, opened))


def _settled(by: User, change: TextChange, text: str, opened: Opened | None) -> str:
    """Return the text to save; raise Unread where it was changed after the page was opened."""
    settled = settle_edit(
        by=by,
        opened=opened,
        now={FIELD: change.now},
        texts={FIELD: text},
        kind=change.event.kind,
        subject_id=change.event.subject_id or 0,
    )
    return str(settled[FIELD])


def _thing_of(event: Event) -> Any:
    """Return the row whose text the event changed, None where it was deleted."""
    pk = event.subject_id or 0
    if event.kind == Kind.COLLECTION:
        return Collection.objects.for_path().filter(pk=pk, project__deleted_at=None).first()
    if event.kind == Kind.VERSION:
        return Version.objects.for_path().filter(pk=pk, deleted_at=None).first()
    if event.kind == Kind.PROJECT:
        return Project.objects.live().for_role().filter(pk=pk).first()
    if event.kind == Kind.REGISTRY:
        return Registry.objects.for_path().filter(pk=pk).first()
    return None


def _container(thing: Any) -> Any:
    return thing.project if isinstance(thing, Collection | Registry) else thing


def _now(thing: Any) -> str:
    row = thing.project if isinstance(thing, Registry) else thing
    return (row.description or "") if row is not None else ""


def _text(value: Any) -> str | None:
    """Return the text; "" where nothing was written, None where only its length was stored."""
    return None if isinstance(value, dict) else (value or "")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
