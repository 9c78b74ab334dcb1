"""What the names that stand in for hidden things are made from."""

import secrets

from django.db import models


def new_key() -> str:
    return secrets.token_hex(32)


class PlaceholderKey(models.Model):
    """The one key of all placeholders, made by a migration.

    It lies in the database because a placeholder must outlast a change of SECRET_KEY and a move
    to another machine: clients keep folders under these names.
    """

    value = models.CharField(max_length=64, default=new_key)

    def __str__(self) -> str:
        return "key of placeholders"
