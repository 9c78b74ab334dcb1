"""Ids on the wire: standard base64 of `Type:number`, made and read nowhere else.

Clients decode some of them (wandb 0.31: users, teams, projects, artifacts), and put others into
addresses; base64 of these ASCII texts never has `/` or `?` in it.
"""

import base64
import binascii
import re

_TEXT = re.compile(rb"([A-Za-z]+):(\d{1,18})")


def encode_id(type_name: str, pk: int) -> str:
    """Return the id of a row."""
    return base64.b64encode(f"{type_name}:{pk}".encode()).decode()


def encode_opaque_id(type_name: str, placeholder: str) -> str:
    """Return the id of a thing that the viewer may not see; it contains no row number."""
    return base64.b64encode(f"{type_name}:{placeholder}".encode()).decode()


def decode_opaque_id(text: str | None, type_name: str) -> str:
    """Return the placeholder in an id of this type, or "" for any other id."""
    try:
        name, _colon, placeholder = (
            base64.b64decode(text or "", validate=True).decode().partition(":")
        )
    except (binascii.Error, ValueError):
        return ""
    return placeholder if name == type_name else ""


def decode_id(text: str | None, type_name: str) -> int:
    """Return the primary key in an id of this type, or 0, which no row has, for any other text."""
    try:
        match = _TEXT.fullmatch(base64.b64decode(text or "", validate=True))
    except (binascii.Error, ValueError):
        return 0
    return int(match[2]) if match and match[1].decode() == type_name else 0
