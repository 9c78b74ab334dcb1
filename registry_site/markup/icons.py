"""The signs beside words, from one file of drawings."""

from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html


@cache  # a page has dozens, and the file's address stays while the process lives
def icon(name: str) -> str:
    """Return an icon to stand beside a word; screen readers skip it, so the word must be there."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )
