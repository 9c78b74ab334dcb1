"""Plays htmx: asks for a piece of a page, and compares what would be swapped in with a reload."""

import re
from html.parser import HTMLParser

from tests.helpers.html import Html, squeezed

HTMX = {"HX-Request": "true"}
_VOID = {"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "use"}


def htmx(**headers):
    """Headers of an htmx request: `htmx(current_url="http://testserver/…")`."""
    return HTMX | {f"HX-{name.replace('_', '-').title()}": text for name, text in headers.items()}


def element(response, id_):
    """The outer HTML of the element with this id, without what differs at each request: tokens,
    and how long ago something was."""
    finder = _Finder(id_)
    finder.feed(response.content.decode())
    assert finder.pieces, f"no element #{id_}"
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", "".join(finder.pieces))
    html = re.sub(r"(<time\b[^>]*>)[^<]*", r"\1", html)
    return Html(squeezed(html).strip())


def assert_swap_equals_reload(swapped, reloaded, id_):
    """What htmx puts on the page is what a reload of the page would show there."""
    assert "<html" not in swapped.content.decode()
    assert element(swapped, id_) == element(reloaded, id_)


class _Finder(HTMLParser):
    def __init__(self, id_):
        super().__init__(convert_charrefs=False)
        self.id, self.depth, self.pieces = id_, 0, []

    def handle_starttag(self, tag, attributes):
        if self.depth or dict(attributes).get("id") == self.id and not self.pieces:
            self.pieces.append(self.get_starttag_text())
            self.depth += tag not in _VOID

    def handle_startendtag(self, tag, attributes):
        if self.depth:
            self.pieces.append(self.get_starttag_text())

    def handle_endtag(self, tag):
        if self.depth:
            self.pieces.append(f"</{tag}>")
            self.depth -= tag not in _VOID

    def handle_data(self, data):
        if self.depth:
            self.pieces.append(data)

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")
