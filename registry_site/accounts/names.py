"""What a name may be. One list of reserved names serves all, for names are parts of addresses."""

import re

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
REGISTRY_PREFIX = "wandb-registry-"  # part of the SDK's protocol
_ENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def check_entity_name(name: str) -> str:
    """Return the name of a user, team or organization's entity, or raise Invalid."""
    _check(name, forbidden="", limit=MAX_ENTITY_NAME)
    if not _ENTITY.fullmatch(name):
        raise Invalid(
            _(
                "The name {name!r} is not possible: use letters a to z, digits, “-”, “_” and “.”, "
                "beginning with a letter or digit."
            ).format(name=name)
        )
    return name


def entity_name_like(text: str, *, otherwise: str) -> str:
    """Return a name that an entity could have, as near to the text as the rules allow.

    It is short enough for a number to be put behind it, and may be reserved or taken.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text)[: MAX_ENTITY_NAME - 6].strip("-._")
    return name or otherwise


def check_email(email: str) -> None:
    """Raise Invalid for what is no e-mail address; none at all is fine."""
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
    """Return an organization's display name (free but for what breaks addresses)."""
    return _check(name, forbidden="/\\#?%", limit=MAX_NAME)


def check_project_name(name: str) -> str:
    """Return a project's or a registry's name, with the signs that the SDK refuses refused."""
    return _check(name, forbidden="/\\#?%:", limit=MAX_NAME)


def check_registry_name(name: str) -> str:
    """Return a registry's name without its prefix, with which it must fit 128 characters."""
    if name.lower().startswith(REGISTRY_PREFIX):
        raise Invalid(
            _("Give the registry's name without the prefix “{prefix}”.").format(
                prefix=REGISTRY_PREFIX
            )
        )
    return _check(name, forbidden="/\\#?%:", limit=MAX_NAME - len(REGISTRY_PREFIX))


def check_collection_name(name: str) -> str:
    """Return the name of a collection, which a path names as `collection:alias`."""
    return _check(name, forbidden="/:", limit=MAX_NAME)


def check_type_name(name: str) -> str:
    """Return the name of an artifact type."""
    return _check(name, forbidden="/:", limit=MAX_NAME)


def check_run_name(name: str) -> str:
    """Return a run's short id."""
    return _check(name, forbidden="/\\#?%:", limit=MAX_NAME)


def _check(name: str, *, forbidden: str, limit: int) -> str:
    if not name or name != name.strip():
        raise Invalid(
            _("The name {name!r} is not possible: give 1 to {limit} characters, no space around.")
            .format(name=name, limit=limit)
        )  # fmt: skip
    if name.lower() in RESERVED:
        raise Invalid(
            _("The name {name!r} is reserved for this server's own addresses; choose another.")
            .format(name=name)
        )  # fmt: skip
    if len(name) > limit:
        raise Invalid(
            _("The name {name!r} is too long: {length} characters, {limit} at most.").format(
                name=name[:40] + "…", length=len(name), limit=limit
            )
        )
    found = [sign for sign in forbidden if sign in name]
    if found or _CONTROL.search(name):
        raise Invalid(
            _("The name {name!r} is not possible: leave out {signs} and control characters.")
            .format(name=name, signs=" ".join(forbidden) or "–")
        )  # fmt: skip
    return name
