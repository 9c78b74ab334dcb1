"""The append-only record of changes."""

from typing import Any

from registry_site.accounts.models import Event, User


def record_event(
    *,
    by: User | None,
    verb: str,
    kind: str,
    subject: str,
    subject_id: int | None = None,
    project_id: int | None = None,
    before: Any = None,
    after: Any = None,
    note: str = "",
) -> Event:
    """Append that `by` did `verb` to the subject; call it in the transaction of the change.

    `note` is what the person gave as the reason.
    """
    return Event.objects.create(
        actor=by,
        actor_name=by.username if by else "",
        verb=verb,
        kind=kind,
        subject=subject[:512],
        subject_id=subject_id,
        project_id=project_id,
        before=before,
        after=after,
        note=note,
    )
