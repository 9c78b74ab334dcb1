"""The TTL of one version, as a person sets it on its page."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Version
from artifacts.services.locks import lock_version
from artifacts.services.retention.default_ttl import check_ttl
from artifacts.services.versions.versions import update_version
from registry_site.accounts.models import Kind, User
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.errors import Invalid
from registry_site.texts.edits import Opened


@transaction.atomic
def set_version_ttl(
    *, by: User, version: Version, ttl_seconds: int | None, opened: Opened | None = None
) -> Version:
    """Set a version's TTL: seconds from its creation, None inherits, 0 switches it off.

    `opened` has the values with which a form was opened. Raises Invalid for a TTL that would be
    over already, Conflict for a linked version, Unread where somebody set another TTL meanwhile.
    """
    check(by, Action.EDIT, version)
    locked = lock_version(version.pk)
    before = locked.ttl_seconds
    after = settle_edit(
        by=by,
        opened=opened,
        now={"ttl_seconds": before},
        texts={"ttl_seconds": check_ttl(ttl_seconds)},
        kind=Kind.VERSION,
        subject_id=locked.pk,
    )["ttl_seconds"]
    if after and after != before and locked.created_at + timedelta(seconds=after) < timezone.now():
        raise Invalid(
            _(
                "{version} can't have this TTL: it was created on {day}, so its time would be over "
                "already. Give more days, or delete it."
            ).format(version=version.seen_by(by), day=locked.created_at.date().isoformat())
        )
    return update_version(by=by, version=locked, ttl_seconds=after)


def expires_at(version: Version) -> datetime | None:
    """Return the time at which the version expires, None for never."""
    seconds = version.seconds_to_live
    return version.created_at + timedelta(seconds=seconds) if seconds else None
