"""API keys as the SDK reads, makes and revokes them."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from registry_site.accounts.models import User
from registry_site.accounts.services.keys import api_keys
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import whole_list
from registry_site.texts.ids import decode_id, encode_id


@field("User", "apiKeys")
def user_api_keys(user: User, info):
    """Resolve keys that the viewer may revoke; names stand in for texts, which aren't stored."""
    prefetch_related_objects([user], "api_keys", "service_of")
    if not api_keys.keeps_keys_of(info.context.user, user):
        return None
    return whole_list(sorted(user.api_keys.all(), key=lambda key: key.pk))


@dataclass(frozen=True)
class NewKey:
    """A key at the only moment when its text is known."""

    pk: int
    name: str
    text: str

    def __str__(self) -> str:
        return self.text


fields(
    "ApiKey",
    id=lambda key: encode_id("ApiKey", key.pk),
    name=str,
    description=lambda key: key.name,
)


@field("Mutation", "generateApiKey")
def generate_api_key(root, info, input):
    """Make a key; `User.generate_api_key()` of wandb 0.31 reads its text from the name, once."""
    by, name = info.context.user, input.get("description") or _("from a script")
    key, text = api_keys.create_api_key(by=by, user=by, name=name)
    return {"apiKey": NewKey(key.pk, key.name, text)}


@field("Mutation", "deleteApiKey")
def delete_api_key(root, info, input):
    by = info.context.user
    api_keys.delete_api_key(by=by, key=api_keys.key_of(by=by, pk=decode_id(input["id"], "ApiKey")))
    return {"success": True}
