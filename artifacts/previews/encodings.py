"""Guesses the encoding of a text that is no UTF-8 and declares none: Western or Japanese."""

import re

_RUNS = re.compile(rb"[\x80-\xff]{2,}")
_FOREIGN = re.compile(rb"[\x80-\xff]")
# codes that Windows-1252 has no letter for; CP932 begins kana and most kanji with them
_NEVER_WESTERN = re.compile(rb"[\x81-\x84\x86-\x90\x98\x9a-\x9f]")
_WIDE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")  # kana, kanji, full-width forms
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_JAPANESE = {"cp932": "Shift_JIS (CP932)", "euc_jp": "EUC-JP"}
_LEAST_ASCII = 0.6  # share of ASCII in a Western text; with less it is no text


def guess_encoding(data: bytes) -> tuple[str, str] | None:
    """Return the codec and the name of the encoding, or None for what is no text.

    Western letters outside ASCII mostly stand alone between others; Japanese ones come in runs.
    """
    foreign, in_runs = len(_FOREIGN.findall(data)), sum(map(len, _RUNS.findall(data)))
    is_western = not _NEVER_WESTERN.search(data) and 2 * in_runs <= foreign
    if not is_western and (codec := _japanese_codec(data)):
        return codec, _JAPANESE[codec]
    ascii_share = 1 - foreign / max(1, len(data))
    if ascii_share < _LEAST_ASCII or _decoded(data, "cp1252") is None:
        return None
    return "cp1252", "Windows-1252"


def _japanese_codec(data: bytes) -> str:
    """Return the codec that decodes to the most wide letters; "" where none fits."""
    texts = {codec: _decoded(data, codec) for codec in _JAPANESE}
    counts = {
        codec: len(_WIDE.findall(text))
        for codec, text in texts.items()
        if text is not None and not _PRIVATE.search(text)
    }
    return max(counts, key=lambda codec: counts[codec], default="")


def _decoded(data: bytes, codec: str) -> str | None:
    """Return the text, or None where the encoding doesn't fit. Half a letter may end the bytes."""
    for end in (len(data), len(data) - 1):
        try:
            return data[:end].decode(codec)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 2:
                return None
    return None
