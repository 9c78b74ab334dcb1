"""What only registries have; what governs access to one lies on its project."""

from django.db import models
from django.db.models.functions import Lower

from artifacts.models import Project
from registries.querysets import RegistryQuerySet
from registry_site.accounts.models import Organization, User


class Registry(models.Model):
    """Collections under one roof. Core registries come with each organization."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="registries"
    )
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="registry")
    name = models.CharField(max_length=113)  # the project's, without the prefix
    is_core = models.BooleanField(default=False)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_registries"
    )  # for accountability; gives no right

    objects = RegistryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="registry_name_unique")
        ]
        verbose_name_plural = "registries"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.project.get_absolute_url()
