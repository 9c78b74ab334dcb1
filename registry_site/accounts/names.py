"""Rules for names: in an address, in a path of the SDK, and in a folder that the SDK makes.

One list of reserved names serves all. These rules hold for new names only; stored names keep
working. tests/test_names_of_the_client.py compares them with the SDK's own functions.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

RESERVED = frozenset(
    {
        "", ".", "..", "-", "admin", "artifacts", "artifactsv2", "authorize", "files", "graphql",
        "healthz", "login", "logout", "orgs", "readyz", "registry", "runs", "sdk", "settings",
        "signup", "static", "storage", "workspace",
    }
)  # fmt: skip
MAX_NAME = 128
MAX_ENTITY_NAME = 64
MAX_EMAIL = 254
MAX_FOLDER = 255  # bytes of a file system's name; the SDK downloads to `{collection}:{version}`
REGISTRY_PREFIX = "wandb-registry-"  # part of the SDK's protocol
PLACEHOLDER = re.compile(r"hidden-[a-z2-7]{32}")  # stands in for a name that the viewer may not see
_ENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# also invisible characters and those that reverse text; joiners of emoji and Persian are fine
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
# characters that show nothing (Default_Ignorable_Code_Point), some of which count as letters
UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SWEEPS = "sweeps"  # `Api.run` (wandb 0.31) takes "/sweeps/" out of a path, as it does "/runs/"


def check_entity_name(name: str) -> str:
    """Return the name of a user, team or organization's entity, or raise Invalid."""
    _check(name, forbidden="", limit=MAX_ENTITY_NAME)
    _check_prefix(name)
    if not _ENTITY.fullmatch(name):
        raise Invalid(
            _(
                "The name {name!r} is not possible: use letters a to z, digits, “-”, “_” and “.”, "
                "beginning with a letter or digit."
            ).format(name=name)
        )
    return name


def entity_name_like(text: str, *, otherwise: str) -> str:
    """Return a valid name for an entity, as near to the text as the rules allow.

    It leaves room for a number behind it, and may be reserved or taken.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text)[: MAX_ENTITY_NAME - 6].strip("-._")
    return name or otherwise


def check_email(email: str) -> None:
    """Raise Invalid for a text that is no e-mail address; an empty one is fine."""
    if not email:
        return
    try:
        validate_email(email)
        fits = len(email) <= MAX_EMAIL
    except ValidationError:
        fits = False
    if not fits:
        raise Invalid(_("{email!r} is not an e-mail address.").format(email=email[:MAX_EMAIL]))


def check_display_name(name: str) -> str:
    """Return an organization's display name, which may have all signs that addresses can hold."""
    return _check_form(_check(name, forbidden="/\\#?%:", limit=MAX_NAME))


def check_project_name(name: str) -> str:
    """Return the name of a project of a team or person; raise Invalid for signs the SDK refuses."""
    if name.lower() == _SWEEPS:
        raise unavailable(name)
    _check_prefix(name)
    return _check_form(_check(name, forbidden="/\\#?%:", limit=MAX_NAME))


def check_registry_name(name: str) -> str:
    """Return a registry's name; with its prefix it must fit 128 characters."""
    if name.lower().startswith(REGISTRY_PREFIX):
        raise Invalid(
            _("Give the registry's name without the prefix “{prefix}”.").format(
                prefix=REGISTRY_PREFIX
            )
        )
    return _check_form(_check(name, forbidden="/\\#?%:", limit=MAX_NAME - len(REGISTRY_PREFIX)))


def check_collection_name(name: str) -> str:
    """Return the name of a collection, which a path names as `collection:alias`.

    The SDK makes a folder of it, on Windows too.
    """
    _check_form(_check(name, forbidden="/\\:", limit=MAX_NAME))
    _check_prefix(name)
    check_folder_name(f"{name}:v{10**9}")
    return name


def check_type_name(name: str) -> str:
    """Return the name of an artifact type."""
    return _check(name, forbidden="/:", limit=MAX_NAME)


def check_run_name(name: str) -> str:
    """Return a run's short id."""
    return _check(name, forbidden="/\\#?%:", limit=MAX_NAME)


def _check(name: str, *, forbidden: str, limit: int) -> str:
    if not name or name != name.strip():
        raise Invalid(
            _(
                "The name {name!r} is not possible: give 1 to {limit} characters, no space around."
            ).format(name=name, limit=limit)
        )
    if name.lower() in RESERVED:
        raise unavailable(name)
    if PLACEHOLDER.fullmatch(name.lower()):
        raise Invalid(
            _(
                "The name {name!r} stands for something that you may not see; choose another."
            ).format(name=name)
        )
    if len(name) > limit:
        raise Invalid(
            _("The name {name!r} is too long: {length} characters, {limit} at most.").format(
                name=name[:40] + "…", length=len(name), limit=limit
            )
        )
    signs = [sign for sign in forbidden if sign in name]
    if signs or _CONTROL.search(name):
        raise Invalid(
            _(
                "The name {name!r} is not possible: leave out {signs} and control characters."
            ).format(name=name, signs=" ".join(forbidden) or "–")
        )
    return name


def unavailable(name: str) -> Invalid:
    """Return the refusal for a name that is reserved, or taken by somebody unseen.

    Names in one namespace collide, and the same refusal for both reveals least of with what.
    """
    return Invalid(_("The name {name!r} is reserved or taken; choose another.").format(name=name))


def _check_form(name: str) -> str:
    """Raise Invalid for a spelling that other keyboards or programs would write differently."""
    if not unicodedata.is_normalized("NFC", name):
        raise Invalid(
            _(
                "The name {name!r} is not possible: its accents are characters of their own. "
                "Give it in Unicode's normal form C."
            ).format(name=name)
        )
    return name


def _check_prefix(name: str) -> None:
    if name.lower().startswith(REGISTRY_PREFIX):
        raise Invalid(
            _(
                "The name {name!r} is not possible: “{prefix}” begins the names of registries. "
                "The path of a collection there is {prefix}NAME/COLLECTION."
            ).format(name=name, prefix=REGISTRY_PREFIX)
        )


def check_folder_name(name: str) -> None:
    """Raise Invalid where `collection:version` is longer than a folder's name can be."""
    if len(name.encode()) > MAX_FOLDER:
        raise Invalid(
            _(
                "The name {name!r} is too long: the SDK makes a folder of it with the collection "
                "and the version, which has {limit} bytes of UTF-8 at most."
            ).format(name=name[:40] + "…", limit=MAX_FOLDER)
        )


# ------------------------------------------------------------------ aliases and paths


def is_version_number(alias: str) -> bool:
    r"""Return whether the SDK takes an alias for the number of a version.

    It does so (`wandb.util.alias_is_version_index`, 0.31) with `v` and whatever Python calls
    numeric: `v01`, `v１`, `v²`, `v½`. No client can read a version that has such an alias unless
    it is the version's own number. Releases up to 0.23 match `^v\d+$`, which is less.
    """
    return len(alias) >= 2 and alias[0] == "v" and alias[1:].isnumeric()


def check_alias_name(name: str, *, collection: str = "") -> str:
    """Return the name if people may give it to an alias of the collection, or raise Invalid."""
    if not name or name != name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise Invalid(
            _("An alias has 1 to {limit} characters, all visible, and no space around it.").format(
                limit=MAX_NAME
            )
        )
    if signs := [sign for sign in "/\\:" if sign in name]:
        raise Invalid(
            _("The alias {name!r} is not possible: leave out {signs}.").format(
                name=name, signs=" ".join(f"“{sign}”" for sign in signs)
            )
        )
    if is_version_number(name):
        raise Invalid(
            _(
                "The alias {name!r} is not possible: v and a number name versions. Choose another, "
                "such as {example!r}."
            ).format(name=name, example=f"release-{name[1:]}")
        )
    if name in {".", "..", "-"}:
        raise Invalid(
            _(
                "The alias {name!r} is not possible: in an address it would mean another page. "
                "Choose another."
            ).format(name=name)
        )
    check_folder_name(f"{collection}:{_check_form(name)}")
    return name


def can_be_alias(name: str) -> bool:
    """Return whether a new alias may have this name; older aliases may break the rules."""
    try:
        check_alias_name(name)
    except Invalid:
        return False
    return True


def check_path_entity(name: str | None) -> None:
    """Raise Invalid where a registry stands in the entity's part: the path has a part too many."""
    if (name or "").lower().startswith(REGISTRY_PREFIX):
        raise Invalid(
            _(
                "The path has a part too many: {name!r} is a registry, and its collections have no "
                "“/” in their names. Write {name}/COLLECTION, or ORGANIZATION/{name}/COLLECTION."
            ).format(name=name)
        )
