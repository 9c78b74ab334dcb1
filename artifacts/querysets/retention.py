"""Named reads of legal holds."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q


class LegalHoldQuerySet(models.QuerySet):
    def active(self) -> Self:
        """Return holds that have not been lifted."""
        return self.filter(lifted_at__isnull=True)

    def over(self, versions: models.QuerySet) -> Self:
        """Return active holds on these versions, or on a collection that has one of them.

        Hidden memberships count, too: a hold also covers what is in the trash.
        """
        memberships = apps.get_model("artifacts", "Membership").objects.filter(
            version__in=versions.values("pk")
        )
        own = Q(version__in=versions.values("pk"))
        return self.active().filter(own | Q(collection__in=memberships.values("collection")))

    def for_row(self) -> Self:
        """Holds joined with what names and addresses of the held things need, and with people."""
        paths = [
            f"{path}project__entity__{owner}organization"
            for path in ("collection__", "version__sequence__")
            for owner in ("", "team__")
        ]
        types = ["collection__artifact_type", "version__sequence__artifact_type"]
        return self.select_related("placed_by", "lifted_by", "organization", *types, *paths)

    def of(self, thing: Any) -> Self:
        """Holds on this very version or collection."""
        is_collection = thing._meta.model_name == "collection"
        return self.filter(**{"collection" if is_collection else "version": thing})
