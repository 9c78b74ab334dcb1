"""Chips of aliases and tags, made in Python because tables show many of them."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry_site.markup.icons import icon
from registry_site.markup.moments import relative

ALIASES_SHOWN = TAGS_SHOWN = 3  # chips of a version or collection in a list

_ALIAS_CHIP = '<{0} class="chip chip-{1}"{2}{3}>{4}<span class="chip-text">{5}</span></{0}>'
_TAG_CHIP = '<span class="chip chip-tag"{}><span class="chip-text">{}</span></span>'
_LONG_NAME = 14  # characters; a list may show a longer one shortened


@dataclass(frozen=True)
class AliasChip:
    """An alias as components/chips/alias_chip.html shows it."""

    name: str
    is_protected: bool = False  # shown gray, with a lock
    url: str = ""  # the page of the alias's history
    story: str = ""  # who set it, when and why
    remove_url: str = ""  # takes a POST of alias=name; a protected one asks first


def alias_chips(
    membership: Any,
    *,
    aliases: Iterable[Any] | None = None,
    is_latest: bool | None = None,
    protected: Container[str] = (),
    most: int = ALIASES_SHOWN,
    is_link: bool = True,
) -> SafeString:
    """Return aliases, or a membership's prefetched ones, as chips without ×, protected ones first.

    Each leads to the version's page under that name, and says who put it there, when and why, if
    that was read with the aliases. Aliases beyond `most` become one chip with their number, which
    leads to the page under the version's own number. `is_latest` says whether `latest` is among
    them; without it the membership's `is_newest` does.
    """
    if is_latest is None:
        is_latest = getattr(membership, "is_newest", False)
    rows = membership.aliases.all() if aliases is None else aliases
    events = {alias.name: alias.event_at_hand for alias in rows}
    return _chips(
        events, membership, is_latest=is_latest, protected=protected, most=most, is_link=is_link
    )


def row_alias_chips(
    row: Any,
    *,
    protected: Container[str] = (),
    most: int = ALIASES_SHOWN,
    is_link: bool = True,
    has_stories: bool = True,
) -> SafeString:
    """Return the same chips for a row that has `aliases` with their events, and `names`.

    Without `has_stories` they don't say who put them there.
    """
    return _chips(
        row.aliases if has_stories else dict.fromkeys(row.aliases),
        row.names,
        is_latest=row.is_latest,
        protected=protected,
        most=most,
        is_link=is_link,
    )


def _chips(
    events: Mapping[str, Any],
    membership: Any,
    *,
    is_latest: bool,
    protected: Container[str],
    most: int,
    is_link: bool,
) -> SafeString:
    names = sorted(events, key=lambda name: (name not in protected, name))
    visible = [*(["latest"] if is_latest else []), *names[:most]]
    chips = [
        _alias_chip(name, membership, name in protected, is_link, events.get(name))
        for name in visible
    ]
    if rest := names[most:]:
        more = ngettext("and {count} more alias", "and {count} more aliases", len(rest))
        chips.append(_more(rest, more, membership.get_absolute_url() if is_link else ""))
    return mark_safe(" ".join(chips))


def alias_story(event: Any) -> str:
    """Return who set an alias, when and why: "set by ana 2 d ago: “passed the test”"."""
    if event is None:
        return ""
    when, who = relative(event.at, timezone.now()), event.actor_name
    text = _("set by {who} {when}") if who else _("set {when}")
    story = text.format(who=who, when=when)
    return _("{told}: “{note}”").format(told=story, note=event.note) if event.note else story


def _alias_chip(
    name: str, membership: Any, is_protected: bool, is_link: bool, event: Any
) -> SafeString:
    lock: Any = ""
    if is_protected:
        text = '{}<span class="visually-hidden">{} </span>'
        lock = format_html(text, icon("lock"), _("Protected alias"))
    href = format_html(' href="{}"', membership.alias_url(name)) if is_link else ""
    tag, kind = mark_safe("a" if is_link else "span"), "protected" if is_protected else "alias"
    title = _whole(name, alias_story(event))
    return format_html(_ALIAS_CHIP, tag, kind, href, title, lock, name)


def tag_chips(tags: Iterable[Any], *, url: str = "", most: int = TAGS_SHOWN) -> SafeString:
    """Return tags (texts, or rows with a name) as chips without ×.

    `url` is the page with the tags beyond `most`.
    """
    names = sorted(str(getattr(tag, "name", tag)) for tag in tags)
    chips = [format_html(_TAG_CHIP, _whole(name), name) for name in names[:most]]
    if rest := names[most:]:
        more = ngettext("and {count} more tag", "and {count} more tags", len(rest))
        chips.append(_more(rest, more, url))
    return mark_safe(" ".join(chips))


def _whole(name: str, more: str = "") -> SafeString | str:
    """Return the title of a chip: the name in full if it may be cut, and further facts."""
    parts = [name] * (len(name) > _LONG_NAME) + [more] * bool(more)
    return format_html(' title="{}"', " · ".join(parts)) if parts else ""


def _more(rest: list[str], sentence: str, url: str) -> SafeString:
    """Return the chip for what is left out: its number, the names on hover, a link to all."""
    return format_html(
        '<{0} class="chip chip-more"{1} title="{2}"><span aria-hidden="true">+{3}</span>'
        '<span class="visually-hidden">{4}</span></{0}>',
        mark_safe("a" if url else "span"),
        format_html(' href="{}"', url) if url else "",
        ", ".join(rest),
        len(rest),
        sentence.format(count=len(rest)),
    )
