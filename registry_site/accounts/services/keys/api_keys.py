"""API keys: made and shown once, looked up by their SHA-256, revoked by deletion."""

import hashlib
import re
import secrets
import string
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry_site.accounts.models import ApiKey, Kind, User, Verb
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.roles import roles_for, roles_from
from registry_site.accounts.services.events import record_event
from registry_site.errors import Denied, Invalid, NotFound
from registry_site.queries.prepared import prepared

KEY_LENGTH = 40  # releases of the SDK up to 0.21.4 refuse any other length
ALPHABET = string.ascii_letters + string.digits
_USED_EVERY = timedelta(minutes=5)  # how often `last_used_at` is updated


def create_api_key(*, by: User, user: User, name: str) -> tuple[ApiKey, str]:
    """Make a key for the person and return it with its text, which is stored nowhere."""
    check_keeps_keys_of(by, user)
    text = "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))
    return set_api_key(user=user, name=name, text=text, by=by), text


def set_api_key(*, by: User | None, user: User, name: str, text: str) -> ApiKey:
    """Give the person a key with this text; the part after its first “-” has 40 characters or more.

    `wandb` 0.31 checks the same before it sends a key. `by` is None for the operator.
    """
    if by is not None:
        check_keeps_keys_of(by, user)
    if not re.fullmatch(r"[A-Za-z0-9_-]{40,}", text.partition("-")[2] or text):
        raise Invalid(
            _("An API key has 40 or more letters, digits, “-” or “_” after its first “-”.")
        )
    if not name.strip():
        raise Invalid(_("Give the key a name, so that you know it again when you revoke it."))
    digest = digest_of(text)
    same = ApiKey.objects.filter(digest=digest).first()
    if same:
        if same.user_id != user.pk:
            raise Invalid(_("This API key belongs to somebody else; choose another."))
        return same
    key = ApiKey.objects.create(user=user, name=name.strip()[:128], digest=digest, hint=text[-4:])
    record_event(by=by, verb=Verb.CREATE, kind=Kind.API_KEY, subject=str(key), subject_id=key.pk)
    return key


def delete_api_key(*, by: User, key: ApiKey) -> None:
    """Revoke a key: its holder is refused from now on."""
    check_keeps_keys_of(by, key.user)
    record_event(by=by, verb=Verb.DELETE, kind=Kind.API_KEY, subject=str(key), subject_id=key.pk)
    key.delete()


def user_of_key(text: str) -> User | None:
    """Return the user whose key this is, or None."""
    key = find_api_key(text)
    return key.user if key else None


def find_api_key(text: str) -> ApiKey | None:
    """Return the key of an active person; record when it was last used, to five minutes."""
    rows = _keys(digest_of(text))
    if not rows:
        return None
    key, now = rows[0], timezone.now()
    key.user.roles = roles_from(key.user, key.role_rows)
    if key.last_used_at is None or now - key.last_used_at > _USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


@prepared
def _keys(digest: Any) -> QuerySet:
    keys = ApiKey.objects.filter(digest=digest, user__is_active=True).select_related("user")
    return keys.annotate(role_rows=roles_for(OuterRef("user_id")))


def digest_of(text: str) -> str:
    """Return the SHA-256 of the text in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def keeps_keys_of(by: User, user: User) -> bool:
    """Return whether `by` may make and revoke this user's keys.

    People manage their own, a team's admins those of its service accounts, server admins all.
    """
    if by.pk == user.pk or by.is_admin:
        return True
    return user.service_of is not None and can(by, Action.MANAGE, user.service_of)


def check_keeps_keys_of(by: User, user: User) -> None:
    """Raise Denied for a person who may not manage this user's keys."""
    if not keeps_keys_of(by, user):
        raise Denied(_("API keys belong to one person: only {user} can do this.").format(user=user))


def key_of(*, by: User, pk: int) -> ApiKey:
    """Return a key that the person may manage, or raise NotFound."""
    key = ApiKey.objects.filter(pk=pk).select_related("user__service_of").first()
    if key is None or not keeps_keys_of(by, key.user):
        raise NotFound(_("You have no such API key."))
    return key
