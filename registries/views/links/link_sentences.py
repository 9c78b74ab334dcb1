"""What a link form will do, said before it is sent, and what it did."""

from collections.abc import Sequence

from django.contrib import messages
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.forms.aliases import AliasesForm
from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.collections.links import Linking
from artifacts.views.aliases.messages import alias_news, tell_alias_changes, undo_of_aliases
from artifacts.views.aliases.move_preview import Move, membership_to_make, moves_asked
from registry_site.accounts.models import User
from registry_site.pages import HtmxRequest

NAMED = 8  # aliases named in one sentence


def link_sentence(
    *,
    version: Version | None,
    source: str,
    target: str,
    collection: Collection | None,
    aliases: Sequence[str],
    begins_at: int = 0,
) -> SafeString | str:
    """Return "Link x:v3 to y as the next version (now v5), with aliases staging.".

    `begins_at` is the first number of a collection that is still to be made.
    """
    if version is None:
        return _("Choose a version to link.")
    here, numbers = None, {}
    if collection is not None:
        memberships = Membership.objects.live().filter(collection=collection, version=version)
        here = memberships.first()
        numbers = _numbers_by_alias(collection, aliases)
    names = [name for name in aliases if here is None or numbers.get(name) != here.number]
    number = here.number if here else f"v{collection.next_index if collection else begins_at}"
    return format_html(
        _link_text(is_linked=here is not None, alias_count=len(names)),
        source=_code(source),
        target=_code(target),
        number=number,
        aliases=_arriving_all(names, numbers),
    )


def alias_moves(
    user: User, aliases: AliasesForm, collection: Collection | None, version: Version
) -> list[Move]:
    """Return the moves of aliases that the form asks about before it links the version."""
    if collection is None or not aliases.questions:
        return []
    membership = membership_to_make(collection, version)
    return moves_asked(user, collection, aliases.questions, membership)


def _link_text(*, is_linked: bool, alias_count: int) -> str:
    """Return the sentence with places for its names."""
    if is_linked and alias_count:
        return ngettext(
            "{source} is {number} of {target} already: give it the alias {aliases}.",
            "{source} is {number} of {target} already: give it the aliases {aliases}.",
            alias_count,
        )
    if is_linked:
        return _("{source} is {number} of {target} already: linking again changes nothing.")
    if alias_count:
        return ngettext(
            "Link {source} to {target} as the next version (now {number}), with alias {aliases}.",
            "Link {source} to {target} as the next version (now {number}), with aliases {aliases}.",
            alias_count,
        )
    return _("Link {source} to {target} as the next version (now {number}).")


def _numbers_by_alias(collection: Collection, names: Sequence[str]) -> dict[str, str]:
    """Return the numbers of the versions that have these aliases now."""
    if not names:
        return {}
    aliases = Alias.objects.filter(collection=collection, name__in=names)
    return {alias.name: alias.membership.number for alias in aliases.select_related("membership")}


def _arriving_all(names: Sequence[str], numbers: dict[str, str]) -> SafeString:
    first_names = format_html_join(
        ", ", "{}", ((_arriving(name, numbers),) for name in names[:NAMED])
    )
    rest = len(names) - NAMED
    if rest <= 0:
        return first_names
    more = ngettext("and {n} more", "and {n} more", rest).format(n=rest)
    return format_html("{} {}", first_names, more)


def _arriving(name: str, numbers: dict[str, str]) -> SafeString:
    """Return the alias, and the version that loses it."""
    if name not in numbers:
        return _code(name)
    return format_html(_("{alias} (moves from {number})"), alias=_code(name), number=numbers[name])


def tell_link(
    request: HtmxRequest, linking: Linking, *, source: str, is_in_sight: bool = False
) -> None:
    """Leave messages that say what linking did: the link, and from where its aliases came.

    `is_in_sight`: the page shows the collection, so that the link needs no address. Undo is about
    aliases only, so that it stands beside a sentence that is about nothing else.
    """
    membership, changes = linking.membership, linking.aliases
    names = {"source": source, "collection": membership.collection, "number": membership.number}
    address, full_name = membership.get_absolute_url(), membership.full_name
    names["link"] = format_html('<a href="{}">{}</a>', address, full_name)
    news = alias_news(changes, collection=membership.collection.name)
    text = format_html(_text(is_new=linking.is_new, is_in_sight=is_in_sight), **names)
    if not linking.is_new:
        what = news or _("No alias was added.")
        undo = undo_of_aliases(membership, changes) if changes else ""
        messages.info(request, format_html("{} {}", text, what), extra_tags=undo)
        return
    moves = any(change.before for change in changes)
    messages.success(request, text if moves else format_html("{} {}", text, news))
    if moves:
        tell_alias_changes(request, membership, changes)


def _text(*, is_new: bool, is_in_sight: bool) -> str:
    if is_new and is_in_sight:
        return _("{source} linked to {collection} as {number}.")
    if is_new:
        return _("{source} linked as {link}.")
    if is_in_sight:
        return _("{source} is linked to {collection} already, as {number}.")
    return _("{source} is linked already, as {link}.")


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)
