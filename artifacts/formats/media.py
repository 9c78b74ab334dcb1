"""Objects that the SDK writes for one value in summaries, configs and histories.

`_type` is the object's kind (wandb 0.31: `image-file`, `images/separated`, `table-file`,
`histogram`, `html-file`, `audio`, `artifactVersion`, …). Files of the run have paths; artifacts
have `wandb-client-artifact://{client's id}/{path}` or `wandb-artifact://{hexadecimal id}/…`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from artifacts.formats.run_history import is_typed
from registry_site.queries.natural_order import natural_key
from registry_site.texts.ids import decode_id

MOST_MEDIA = 2_000  # of one value
_DEEPEST = 20
_REFERENCE = re.compile(r"wandb-(client-)?artifact://([^/]+)/?(.*)", re.DOTALL)
_ARTIFACT_KEYS = ("artifact_path", "_latest_artifact_path")
_ARTIFACT_VERSION = "artifactVersion"


@dataclass(frozen=True)
class MediaFile:
    """A file of the run that a value refers to."""

    path: str
    caption: str = ""


@dataclass(frozen=True)
class Reference:
    """A reference to an artifact in a value, by the id that its client gave or the server's."""

    client_id: str = ""
    id: str = ""  # as on the wire
    path: str = ""  # of the file in it
    text: str = ""  # its name in the value

    @property
    def version_pk(self) -> int:
        """The key of the version in `id`, encoded (`QXJ0…`) or plain (`Artifact:7`), or 0."""
        name, _colon, number = self.id.partition(":")
        if name == "Artifact" and number.isascii() and number.isdigit() and len(number) < 19:
            return int(number)
        return decode_id(self.id, "Artifact")


@dataclass(frozen=True)
class Medium:
    """One value that the SDK wrote as an object, or a text that refers to an artifact."""

    name: str
    type: str
    value: Mapping[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> list[MediaFile]:
        """The files that the value refers to, in their order."""
        return list(_files(self.value, 0))

    @property
    def reference(self) -> Reference | None:
        """The reference to the artifact that the value is or belongs to, or None."""
        if self.type == _ARTIFACT_VERSION:
            name, version = (str(self.value.get(key, "")) for key in ("sequenceName", "version"))
            return Reference(id=str(self.value.get("id", "")), text=f"{name}:{version}")
        texts = (self.value.get(key) for key in _ARTIFACT_KEYS)
        return next((reference for text in texts if (reference := reference_in(text))), None)


def split_media(value: Mapping[str, Any]) -> tuple[list[Medium], dict[str, Any]]:
    """Return the SDK's objects in a value with dotted names, in natural order, and the rest."""
    media: list[Medium] = []
    rest = _without_media(value, "", 0, media)
    return sorted(media, key=lambda medium: natural_key(medium.name)), rest


def reference_in(text: Any) -> Reference | None:
    """Return the reference in a text that is an artifact address of the SDK, or None."""
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
    """Return the medium, or None where it isn't an object of the SDK or has nothing to show."""
    if (reference := reference_in(value)) is not None:
        return Medium(name, "artifact", {"artifact_path": value, "path": reference.path})
    if not isinstance(value, dict) or not is_typed(value):
        return None
    medium = Medium(name, value["_type"], value)
    is_shown = medium.type == "histogram" or medium.reference or medium.files
    return medium if is_shown else None


def _files(value: Mapping[str, Any], depth: int) -> Iterator[MediaFile]:
    """Yield the files of a value: `path`, `filenames`, or those of each item of a list."""
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
    """Return the caption, also from a list of one; "" where it isn't text."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""
