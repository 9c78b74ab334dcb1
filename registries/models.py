"""What only registries have; what governs access to one lies on its project."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from artifacts.models import Project
from registries.querysets import RegistryQuerySet
from registry_site.accounts.models import Organization, User


class Registry(models.Model):
    """Collections under one roof. Core registries come with each organization."""

    class Icon(models.TextChoices):
        """Signs of static/icons.svg that people tell registries apart by."""

        LIBRARY = "library", gettext_lazy("Books")
        BOX = "box", gettext_lazy("Box")
        DATABASE = "database", gettext_lazy("Database")
        TABLE = "table", gettext_lazy("Table")
        IMAGE = "image", gettext_lazy("Picture")
        FILE_TEXT = "file-text", gettext_lazy("Text")
        CHART_LINE = "chart-line", gettext_lazy("Chart")
        WORKFLOW = "workflow", gettext_lazy("Workflow")
        GLOBE = "globe", gettext_lazy("Globe")
        SHIELD = "shield", gettext_lazy("Shield")
        STAR = "star", gettext_lazy("Star")

    class Colour(models.TextChoices):
        """Tokens of static/site.css: --look-{colour} on --look-{colour}-fill."""

        SLATE = "slate", gettext_lazy("Slate")
        BLUE = "blue", gettext_lazy("Blue")
        TEAL = "teal", gettext_lazy("Teal")
        GREEN = "green", gettext_lazy("Green")
        AMBER = "amber", gettext_lazy("Amber")
        ROSE = "rose", gettext_lazy("Rose")
        VIOLET = "violet", gettext_lazy("Violet")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="registries"
    )
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="registry")
    name = models.CharField(max_length=113)  # the project's, without the prefix
    is_core = models.BooleanField(default=False)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_registries"
    )  # for accountability; gives no right
    icon = models.CharField(max_length=20, choices=Icon, default=Icon.LIBRARY)
    colour = models.CharField(max_length=20, choices=Colour, default=Colour.SLATE)

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
