"""Histories as Atom feeds (RFC 4287), for readers of news and for scripts with an API key."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from artifacts.services.paths.placeholders import placeholder_of
from registries.views.history.entries.entries import Entry
from registry_site.pages import HtmxRequest, server_address

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)  # the date of a feed without entries
_NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def atom_feed(
    request: HtmxRequest, *, title: str, url: str, entries: Iterable[Entry]
) -> HttpResponse:
    """Return a feed of these entries, newest first; their ids never change."""
    entries, server = list(entries), server_address(request)
    Xml.register_namespace("", _ATOM)
    feed = Xml.Element(f"{{{_ATOM}}}feed")
    # an id for each person: others may see other entries
    _add(feed, "id", _urn(f"feed:{url}"))
    _add(feed, "title", title)
    _add(feed, "updated", _time(entries[0].event.at if entries else _EPOCH))
    _link(feed, "alternate", f"{server}{url}", "text/html")
    _link(feed, "self", f"{server}{request.get_full_path()}", CONTENT_TYPE)
    for entry in entries:
        _entry(feed, entry, server)
    body = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=0)
    return response


def _entry(feed: Xml.Element, entry: Entry, server: str) -> None:
    event = entry.event
    row = Xml.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(row, "id", _urn(placeholder_of("event", event.pk)))
    _add(row, "title", entry.sentence.text)
    _add(row, "updated", _time(event.at))
    author = Xml.SubElement(row, f"{{{_ATOM}}}author")
    _add(author, "name", event.actor_name or _("the server"))
    _link(row, "alternate", f"{server}{entry.event_url}", "text/html")
    if entry.url:
        _link(row, "related", f"{server}{entry.url}", "text/html")
    Xml.SubElement(row, f"{{{_ATOM}}}category", term=event.topic)
    lines = [_detail(each) for each in entry.details]
    if entry.place:
        lines.insert(0, _("In {place}").format(place=entry.place.text))
    _add(row, "content", "\n".join([entry.sentence.text, *lines]), type="text")


def _detail(detail: dict[str, str]) -> str:
    return f"{detail['label']}: {' → '.join(filter(None, (detail['before'], detail['after'])))}"


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    element = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = _plain(text)


def _link(parent: Xml.Element, rel: str, href: str, kind: str) -> None:
    attributes = {"rel": rel, "href": href, "type": kind.partition(";")[0]}
    Xml.SubElement(parent, f"{{{_ATOM}}}link", attributes)


def _urn(name: str) -> str:
    """Return an id that depends only on this database, not on the server's address."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, placeholder_of('feed', 0) + name)}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(text: Any) -> str:
    """Return the text without the characters that XML can't have."""
    return str(text).translate(_NOT_IN_XML).encode(errors="replace").decode()
