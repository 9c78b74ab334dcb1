"""The facts of a version, beside what its page opens with."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from artifacts.models import Membership
from artifacts.reads.pages.names import VersionName
from artifacts.reads.pages.opened import Elsewhere
from artifacts.services.paths.pointers import LoggedBy
from artifacts.services.versions.ttl import expires_at
from artifacts.views.links import Link
from registry_site.accounts.models import User


@dataclass(frozen=True)
class Facts:
    """What artifacts/version/_facts.html shows, as far as the person may see it."""

    is_source: bool  # whether the page is where the version was logged
    source: VersionName | None  # where it was logged, if that is another page that they see
    links: list[Link]
    logged_by: LoggedBy
    created_at: dt.datetime
    created_by: str  # "" where the account is gone
    linked_at: dt.datetime
    linked_by: str
    digest: str
    size: int
    file_count: int
    ttl_seconds: int | None
    expires_at: dt.datetime | None
    ttl_url: str  # where it is changed; "" for those who may not


def facts_of(
    membership: Membership, others: list[Elsewhere], logged_by: LoggedBy, *, may_edit: bool
) -> Facts:
    """Return the facts; `others` are the version's other memberships that the person may see."""
    version = membership.version
    source = next((each.membership for each in others if each.membership.is_source), None)
    return Facts(
        is_source=membership.is_source,
        source=VersionName.of(source) if source else None,
        links=[
            Link.to(other.membership, other.protected, other.aliases)
            for other in others
            if not other.membership.is_source
        ],
        logged_by=logged_by,
        created_at=version.created_at,
        created_by=_name(version.created_by),
        linked_at=membership.created_at,
        linked_by=_name(membership.created_by),
        digest=version.digest,
        size=version.size,
        file_count=version.file_count,
        ttl_seconds=version.ttl_seconds,
        expires_at=expires_at(version),
        ttl_url=reverse("artifacts:ttl_edit", args=[membership.pk]) if may_edit else "",
    )


def _name(user: User | None) -> str:
    return user.username if user else ""
