"""Pages as a browser reads them: white space around tags says nothing, however it is laid out."""

import re
from functools import cache, lru_cache

from django.http import HttpResponse
from django.test import Client

TEXTAREA = re.compile(r"(<textarea\b[^>]*>.*?</textarea>)", re.DOTALL)


@lru_cache(maxsize=200)  # a test looks for many pieces in few pages
def squeezed(html):
    """The HTML without white space beside tags, and with one space for every other run of it.

    What somebody typed stays as it is.
    """
    pieces = TEXTAREA.split(html)
    pieces[::2] = [_squeezed(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _squeezed(html):
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s+", " ", html))


class Html(str):
    """Squeezed HTML; what is looked for in it is squeezed, too."""

    def __contains__(self, piece):
        return super().__contains__(squeezed(piece))

    def count(self, piece, *bounds):
        return super().count(squeezed(piece), *bounds)

    def index(self, piece, *bounds):
        return super().index(squeezed(piece), *bounds)

    def find(self, piece, *bounds):
        return super().find(squeezed(piece), *bounds)

    def split(self, piece=None, maxsplit=-1):
        pieces = super().split(piece if piece is None else squeezed(piece), maxsplit)
        return [Html(each) for each in pieces]

    def partition(self, piece):
        return tuple(Html(each) for each in super().partition(squeezed(piece)))

    def rpartition(self, piece):
        return tuple(Html(each) for each in super().rpartition(squeezed(piece)))

    def __getitem__(self, key):
        return Html(super().__getitem__(key))


class HtmlBytes(bytes):
    """The bytes of a page, which are looked through as its HTML."""

    def decode(self, *encoding):
        return Html(squeezed(super().decode(*encoding)))

    def __contains__(self, piece):
        return piece.decode() in self.decode()


class PageClient(Client):
    """Django's test client, whose pages can be searched without regard to their layout."""

    def request(self, **request):
        response = super().request(**request)
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if is_html and not response.streaming:
            response.__class__ = _searchable(type(response))
        return response


@cache
def _searchable(kind):
    def read(response):
        return HtmlBytes(HttpResponse.content.fget(response))

    return type(kind.__name__, (kind,), {"content": property(read, HttpResponse.content.fset)})
