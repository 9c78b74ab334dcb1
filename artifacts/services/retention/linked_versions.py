"""Versions linked to a registry can't be deleted before they are unlinked.

A registry's admins may switch that off (`Project.keeps_linked`). Links in ordinary projects don't
protect versions.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Membership, Project, Version
from artifacts.querysets.collections import MembershipQuerySet
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Conflict

_NAMED = 3  # links that the sentence names


def kept_links(versions: QuerySet[Version]) -> MembershipQuerySet:
    """Return the links of these versions in registries that keep what is linked to them."""
    return all_kept_links().filter(version__in=versions.values("pk"))


def all_kept_links() -> MembershipQuerySet:
    """Return the links of all versions in registries that keep what is linked to them."""
    return Membership.objects.live().filter(
        collection__project__kind=Project.Kind.REGISTRY,
        collection__project__keeps_linked=True,
        collection__project__deleted_at__isnull=True,
    )


def check_not_linked(*, by: User | None, versions: QuerySet[Version], thing: Any) -> None:
    """Raise Conflict where a registry keeps one of the versions; `thing` is or has them.

    The caller has locked the versions, so that none gets a link meanwhile. `by` None sees all.
    """
    links = kept_links(versions)
    if not (count := links.count()):
        return
    seen = links if by is None else links.visible_to(by)
    first_links = list(seen.for_path().order_by("pk")[:_NAMED])
    hidden = 0 if by is None else count - seen.count()
    raise Conflict(
        _(
            "{thing} can't be deleted: registries keep what is linked to them, and this is linked "
            "({links}). Unlink it first: {who}."
        ).format(
            thing=thing,
            links=_names(first_links, count - hidden - len(first_links), hidden),
            who=_who_may_unlink(by, first_links, versions if hidden else None),
        )
    )


def _names(links: Iterable[Membership], more: int, hidden: int) -> str:
    parts = [
        _("{version} as {link}").format(
            version=f"{each.version.sequence.name}:v{each.version.version_index}",
            link=each.full_name,
        )
        for each in links
    ]
    if more:
        parts.append(ngettext("{count} more link", "{count} more links", more).format(count=more))
    if hidden:
        text = ngettext(
            "{count} link in registries that you can't open",
            "{count} links in registries that you can't open",
            hidden,
        )
        parts.append(text.format(count=hidden))
    return ", ".join(parts)


def _who_may_unlink(
    by: User | None, links: Iterable[Membership], hidden_of: QuerySet[Version] | None
) -> str:
    """Return who may unlink in the registries of the links, and in hidden registries."""
    registries = {each.collection.project_id: each.collection.project for each in links}
    parts = [_who_may_in(by, project) for project in registries.values()]
    if hidden_of is not None:
        version = hidden_of.for_path().first()  # type: ignore[attr-defined]  # our queryset
        owner = version.sequence.project.entity.owner if version else None
        names = ", ".join(owner.admin_names()) if owner else ""
        parts.append(
            _("admins of the organization may in those that you can't open ({names})").format(
                names=names
            )
        )
    return "; ".join(parts)


def _who_may_in(by: User | None, project: Project) -> str:
    if by is not None and can(by, Action.EDIT, project):
        return _("you may in {registry}").format(registry=project)
    return _("members of {registry} may ({names} can help)").format(
        registry=project, names=", ".join(project.admin_names())
    )
