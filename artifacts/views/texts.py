"""Texts that people wrote, as components/text/fold.html shows them."""

_LINES = 4  # that show while a text is folded
_ACROSS = 100  # characters


def is_long(text: str) -> bool:
    """Return whether a text takes more lines than a folded one shows."""
    return sum(1 + len(line) // _ACROSS for line in text.strip().splitlines()) > _LINES
