"""Messages after a restoration: what came back, and what could not."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Membership
from artifacts.services.trash.restoration import Restoration
from artifacts.services.trash.restoration_of_parents import CollectionRestoration, RunRestoration
from registry_site.accounts.models import User


def what_is_back(user: User, restoration: Any) -> Iterator[str]:
    """Say what is back: a version, a run or a collection, and what came with it."""
    if isinstance(restoration, Restoration):
        yield from _version_is_back(user, restoration)
    elif isinstance(restoration, RunRestoration):
        yield _("The run {run} is back.").format(run=restoration.run)
        yield from _versions_are_back(len(restoration.versions))
    else:
        yield _("The collection {name} is back.").format(name=restoration.collection)
        yield from _versions_are_back(len(restoration.versions))
        if count := len(restoration.links):
            text = ngettext("So is {count} link.", "So are {count} links.", count)
            yield text.format(count=f"{count:,}")


def what_is_lost(user: User, restoration: Any) -> Iterator[str]:
    """Say what did not come back, and what to do."""
    if isinstance(restoration, Restoration):
        yield from _lost_with(user, [restoration])
        return
    yield from _lost_with(user, restoration.versions)
    yield from restoration.refusals
    if isinstance(restoration, CollectionRestoration):
        yield from _lost(user, restoration.lost_links, restoration.lost_aliases)


def _version_is_back(user: User, restoration: Restoration) -> Iterator[str]:
    yield _("{version} is back.").format(version=restoration.version)
    if restoration.links:
        yield _("So are its links: {links}.").format(links=_names(user, restoration.links))
    if restoration.aliases:
        yield _("So are its aliases: {aliases}.").format(
            aliases=_aliases(user, restoration.aliases)
        )


def _versions_are_back(count: int) -> Iterator[str]:
    if count:
        text = ngettext("So is {count} version.", "So are {count} versions.", count)
        yield text.format(count=f"{count:,}")


def _lost_with(user: User, restorations: list[Restoration]) -> Iterator[str]:
    links = [link for each in restorations for link in each.lost_links]
    aliases = [alias for each in restorations for alias in each.lost_aliases]
    yield from _lost(user, links, aliases)


def _lost(
    user: User, links: list[Membership], aliases: list[tuple[Membership, str]]
) -> Iterator[str]:
    if links:
        yield _lost_links(user, links)
    if aliases:
        yield _(
            "These aliases didn't come back, because another version has them by now or they "
            "were protected meanwhile: {aliases}."
        ).format(aliases=_aliases(user, aliases))


def _lost_links(user: User, links: list[Membership]) -> str:
    return _(
        "These links can't come back, because their collections were deleted meanwhile or "
        "hold another type by now: {links}. Link the version again where it is needed."
    ).format(links=_names(user, links))


def _names(user: User, links: list[Membership]) -> str:
    """Return their full names; those that the person may not see are only counted."""
    seen = [each.full_name for each in links if _may_see(user, each)]
    return _with_hidden(seen, len(links) - len(seen))


def _aliases(user: User, aliases: list[tuple[Membership, str]]) -> str:
    seen = [f"{each.collection}:{name}" for each, name in aliases if _may_see(user, each)]
    return _with_hidden(seen, len(aliases) - len(seen))


def _may_see(user: User, membership: Membership) -> bool:
    return membership.collection.project.role_until_deletion(user) is not None


def _with_hidden(names: list[str], hidden: int) -> str:
    if hidden:
        text = ngettext(
            "{count} in a project that you cannot open",
            "{count} in projects that you cannot open",
            hidden,
        )
        names = [*names, text.format(count=hidden)]
    return ", ".join(names)
