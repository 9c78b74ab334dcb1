"""Shows a new key once, on the page or in the answer that follows its making.

Until then its text is stored nowhere: it is derived from a seed in the database and the server's
secret.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registry_site.accounts.models import ApiKey, KeyHandover, User
from registry_site.accounts.services.keys.api_keys import (
    ALPHABET,
    KEY_LENGTH,
    check_keeps_keys_of,
    digest_of,
    set_api_key,
)

WAITS = timedelta(minutes=10)  # how long the maker can still see the key


@transaction.atomic
def create_key_to_show(*, by: User, user: User, name: str) -> ApiKey:
    """Make a key for the person; `by` can be shown it once, within ten minutes."""
    check_keeps_keys_of(by, user)
    KeyHandover.objects.filter(created_at__lt=timezone.now() - WAITS).delete()
    seed = secrets.token_hex(32)
    key = set_api_key(by=by, user=user, name=name, text=_text_of(seed))
    KeyHandover.objects.create(key=key, to=by, seed=seed)
    return key


def keys_to_show(by: User) -> dict[int, KeyHandover]:
    """Return the keys that the person has not been shown yet, by the id of the key's user."""
    waiting = KeyHandover.objects.filter(to=by, created_at__gte=timezone.now() - WAITS)
    return {each.key.user_id: each for each in waiting.select_related("key").order_by("pk")}


def show_key_once(*, by: User, key: ApiKey) -> str | None:
    """Return the text of a key that `by` just made, None if it was shown before or is too old."""
    waiting = KeyHandover.objects.filter(to=by, key=key, created_at__gte=timezone.now() - WAITS)
    handover = waiting.first()
    if handover is None or not KeyHandover.objects.filter(pk=handover.pk).delete()[0]:
        return None
    text = _text_of(handover.seed)
    return text if digest_of(text) == key.digest else None  # the server's secret may have changed


def _text_of(seed: str) -> str:
    number = int.from_bytes(salted_hmac("accounts.api_key", seed, algorithm="sha512").digest())
    signs = []
    for _place in range(KEY_LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)
