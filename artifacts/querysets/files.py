"""Named reads of bytes."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef


class BlobQuerySet(models.QuerySet):
    def held_by(self, project: Any) -> Self:
        """Bytes that were logged to this project: uploaded there, or listed by its versions."""
        its_own = {"blob": OuterRef("pk"), "version__sequence__project": project}
        files = apps.get_model("artifacts", "ArtifactFile").objects.filter(**its_own)
        entries = apps.get_model("artifacts", "ManifestEntry").objects.filter(**its_own)
        return self.filter(Exists(files) | Exists(entries))
