"""Objects that the SDK writes for one value, as summaries, configs and histories hold them.

`_type` says what it is (wandb 0.31: `image-file`, `images/separated`, `table-file`, `histogram`,
`html-file`, `audio`, `artifactVersion`, …); files of the run are named by their paths, artifacts by
`wandb-client-artifact://{id that the client gave}/{path}` or `wandb-artifact://{hexadecimal id}/…`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from artifacts.formats.history import is_typed
from registry_site.queries.natural_order import natural_key
from registry_site.texts.ids import decode_id

MOST_MEDIA = 2_000  # of one value
_DEEPEST = 20
_REFERENCE = re.compile(r"wandb-(client-)?artifact://([^/]+)/?(.*)", re.DOTALL)
_ARTIFACT_KEYS = ("artifact_path", "_latest_artifact_path")
_ARTIFACT_VERSION = "artifactVersion"


@dataclass(frozen=True)
class MediaFile:
    """A file of the run that a value stands for."""

    path: str
    caption: str = ""


@dataclass(frozen=True)
class Reference:
    """An artifact that a value names: by the id that its client gave, or by the server's."""

    client_id: str = ""
    id: str = ""  # as on the wire
    path: str = ""  # of the file in it
    text: str = ""  # what the value calls it

    @property
    def version_pk(self) -> int:
        """The key of the version in `id`, encoded (`QXJ0…`) or plain (`Artifact:7`), or 0."""
        name, _colon, number = self.id.partition(":")
        if name == "Artifact" and number.isascii() and number.isdigit() and len(number) < 19:
            return int(number)
        return decode_id(self.id, "Artifact")


@dataclass(frozen=True)
class Medium:
    """One value that the SDK wrote as an object, or a reference in plain words."""

    name: str
    type: str
    value: Mapping[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> list[MediaFile]:
        """The files that it stands for, in their order."""
        return list(_files(self.value, 0))

    @property
    def reference(self) -> Reference | None:
        """The artifact that it is, or is a part of."""
        if self.type == _ARTIFACT_VERSION:
            name, version = (str(self.value.get(key, "")) for key in ("sequenceName", "version"))
            return Reference(id=str(self.value.get("id", "")), text=f"{name}:{version}")
        texts = (self.value.get(key) for key in _ARTIFACT_KEYS)
        return next((reference for text in texts if (reference := reference_in(text))), None)


def split_media(value: Mapping[str, Any]) -> tuple[list[Medium], dict[str, Any]]:
    """Return the objects of the SDK in a value by dotted names, in natural order, and the rest."""
    media: list[Medium] = []
    rest = _without_media(value, "", 0, media)
    return sorted(media, key=lambda medium: natural_key(medium.name)), rest


def reference_in(text: Any) -> Reference | None:
    """Return the artifact that a text names by an address of the SDK's."""
    parts = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        return None
    is_clients, name, path = parts.groups()
    if is_clients:
        return Reference(client_id=name, path=path, text=path)
    return Reference(id=_id_of(name), path=path, text=path)


def _id_of(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("ascii")
    except ValueError:
        return ""


def _without_media(
    value: Mapping[str, Any], prefix: str, depth: int, media: list[Medium]
) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    for key, item in value.items():
        medium = _medium(f"{prefix}{key}", item) if len(media) < MOST_MEDIA else None
        if medium:
            media.append(medium)
        elif isinstance(item, dict) and item and not is_typed(item) and depth < _DEEPEST:
            if inner := _without_media(item, f"{prefix}{key}.", depth + 1, media):
                rest[key] = inner
        else:
            rest[key] = item
    return rest


def _medium(name: str, value: Any) -> Medium | None:
    """None for what is no object of the SDK, and for one that nothing is known to show of."""
    if (reference := reference_in(value)) is not None:
        return Medium(name, "artifact", {"artifact_path": value, "path": reference.path})
    if not isinstance(value, dict) or not is_typed(value):
        return None
    medium = Medium(name, value["_type"], value)
    is_shown = medium.type == "histogram" or medium.reference or medium.files
    return medium if is_shown else None


def _files(value: Mapping[str, Any], depth: int) -> Iterator[MediaFile]:
    """`path`, the `filenames` of several images, or the same of each in a list (`audio`, …)."""
    path, names = value.get("path"), value.get("filenames")
    if isinstance(path, str) and not reference_in(value.get("path")) and path:
        yield MediaFile(path, _caption(value.get("caption")))
    elif isinstance(names, list):
        captions = value.get("captions")
        captions = captions if isinstance(captions, list) else []
        for number, name in enumerate(names):
            if isinstance(name, str) and name:
                yield MediaFile(name, _caption(captions[number : number + 1]))
    elif depth == 0:
        for item in value.values():
            for each in item if isinstance(item, list) else ():
                if isinstance(each, dict):
                    yield from _files(each, depth + 1)


def _caption(value: Any) -> str:
    """One caption, also as the only one of a list; anything but text is none."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""
