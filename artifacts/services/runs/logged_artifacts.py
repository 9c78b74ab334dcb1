"""The artifacts to which logged values refer, as far as a person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from artifacts.formats.media import Reference
from artifacts.models import Membership, Version
from artifacts.services.paths.pointers import read_versions
from registry_site.accounts.models import User


@dataclass(frozen=True)
class Places:
    """Memberships of versions, by the ids with which logged values refer to them."""

    of_clients: dict[str, Membership]
    of_versions: dict[int, Membership]

    def of(self, reference: Reference | None) -> Membership | None:
        """Return a membership that the person can open; None if hidden, deleted or unknown."""
        if reference is None:
            return None
        if reference.client_id:
            return self.of_clients.get(reference.client_id)
        return self.of_versions.get(reference.version_pk)


def read_referenced(*, by: User, references: Iterable[Reference | None]) -> Places:
    """Return memberships of the versions of these references; needs no query without any."""
    existing = [each for each in references if each is not None]
    clients = {each.client_id for each in existing if each.client_id}
    pks = {each.version_pk for each in existing if each.id} - {0}
    ids: dict[str, int] = {}
    if clients:
        rows = Version.objects.filter(client_ids__client_id__in=clients)
        ids = dict(rows.values_list("client_ids__client_id", "pk"))
    version_pks = pks | set(ids.values())
    if not version_pks:
        return Places({}, {})
    memberships = {pk: each.row for pk, each in read_versions(by, version_pks).items() if each.row}
    return Places(
        {name: memberships[pk] for name, pk in ids.items() if pk in memberships}, memberships
    )
