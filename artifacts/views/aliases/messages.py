"""Messages about changed aliases: a sentence for each move, and the offer to undo it."""

from collections.abc import Iterable
from itertools import groupby

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from artifacts.models import Membership
from artifacts.services.aliases.aliases import AliasChange
from registry_site.pages import HtmxRequest, undo_address


def tell_alias_changes(
    request: HtmxRequest, membership: Membership, changes: list[AliasChange]
) -> None:
    """Leave a message that says how aliases moved, and offers to undo it."""
    if not changes:
        text = _("Nothing changed: the aliases of {version} are as they were.")
        messages.info(request, text.format(version=membership))
        return
    news = alias_news(changes, collection=membership.collection.name)
    messages.success(request, news, extra_tags=undo_of_aliases(membership, changes))


def undo_of_aliases(membership: Membership, changes: list[AliasChange]) -> str:
    """Return the `extra_tags` of a message that offers to undo these changes, all at once."""
    return undo_address(
        reverse("artifacts:alias_undo", args=[membership.pk]),
        change=[change.event_id for change in changes],
    )


def alias_news(changes: list[AliasChange], *, collection: str) -> SafeString:
    """Return "`production` moved from v10 to v12." and what else happened, in this order."""

    def kind(change: AliasChange) -> tuple[bool, bool, str, str]:
        before, after = change.before or "", change.after or ""
        return not (before and after), not after, before, after  # moves first, removals last

    sentences = []
    for (*_order, before, after), group in groupby(sorted(changes, key=kind), key=kind):
        if before and after:
            text = _("{aliases} moved from {before} to {after}.")
        elif after:
            text = _("{aliases} added to {collection}:{after}.")
        else:
            text = _("{aliases} removed from {collection}:{before}.")
        names = codes(change.name for change in group)
        sentences.append(
            format_html(text, aliases=names, before=before, after=after, collection=collection)
        )
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def codes(names: Iterable[str]) -> SafeString:
    """Return names as code, with commas between."""
    return format_html_join(", ", "<code>{}</code>", ((name,) for name in names))
