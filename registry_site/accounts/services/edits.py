"""The question that every service asks which replaces shared text: was it read before?"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registry_site.accounts.models import Event, User
from registry_site.texts.edits import Opened, Texts, Unread, digest_of, is_untouched


def settle_edit(
    *,
    by: User,
    opened: Opened | None,
    now: Texts,
    texts: Texts,
    kind: str,
    subject_id: int,
    **where: Any,
) -> dict[str, Any]:
    """Return what to save of `texts`: what the person left as it was opened stays `now`.

    The caller holds the row. `kind`, `subject_id` and `where` (of an event's `after`) find who
    changed it last. Raises Unread for a text that both changed; with `opened` None, as the API
    asks, all texts are saved.
    """
    if opened is None:
        return dict(texts)
    settled = {
        name: now[name] if is_untouched(opened, name, value) else value
        for name, value in texts.items()
    }
    names = [
        name
        for name, value in settled.items()
        if digest_of(value) != digest_of(now[name]) and not is_untouched(opened, name, now[name])
    ]
    if not names:
        return settled
    events = Event.objects.filter(kind=kind, subject_id=subject_id, after__has_any_keys=names)
    change = events.filter(**{f"after__{key}": value for key, value in where.items()})
    last = change.order_by("-pk").first() if opened else None
    raise Unread(
        _sentence(by, last, is_opened=bool(opened)),
        now=now,
        names=names,
        actor_name=last.actor_name if last else "",
        at=last.at if last else None,
    )


def _sentence(by: User, last: Event | None, *, is_opened: bool) -> str:
    if not is_opened:
        return _(
            "This is set already, and the form did not show it. Nothing was saved: "
            "compare both, then choose."
        )
    if last is None:
        return _(
            "This was changed after you had opened it. Nothing was saved: "
            "compare both, then choose."
        )
    at = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M:%S %Z")
    if last.actor_id == by.pk:
        return _(
            "You changed this at {at} in another window, after you had opened it here. "
            "Nothing was saved: compare both, then choose."
        ).format(at=at)
    return _(
        "{name} changed this at {at}, after you had opened it. Nothing was saved: "
        "compare both, then choose."
    ).format(name=last.actor_name, at=at)
