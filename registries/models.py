"""Tables of what only registries have; the settings that govern access are on the project."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from artifacts.models import Project
from artifacts.models.projects import ROLES
from registries.querysets import AccessRequestQuerySet, RegistryQuerySet
from registry_site.accounts.models import Organization, Team, User


class Registry(models.Model):
    """Collections with visibility, accepted types and members.

    Core registries come with each organization.
    """

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
    name = models.CharField(max_length=113)  # the project's name without the prefix
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


class AccessRequest(models.Model):
    """A request for a role in a registry or a team, which its admins answer.

    A person who may not see a registry asks for it by name, and so may ask for one that does not
    exist: then `project` and `team` are both null, and no admin is asked. What such a person sees
    of the request is the same in both cases, and so a refusal is not shown to them (`shown_state`).
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Waiting")
        GRANTED = "granted", gettext_lazy("Granted")
        DECLINED = "declined", gettext_lazy("Declined")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_requests")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=128)  # the registry's or team's name, as the person typed it
    is_blind = models.BooleanField(default=False)  # the person may not see what they ask for
    role = models.CharField(max_length=20, choices=ROLES)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    given_role = models.CharField(max_length=20, choices=ROLES, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "project"],
                name="access_request_registry_unique",
                condition=models.Q(state="open", project__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "team"],
                name="access_request_team_unique",
                condition=models.Q(state="open", team__isnull=False),
            ),
            models.UniqueConstraint(
                "user",
                "organization",
                Lower("name"),
                name="access_request_blind_unique",
                condition=models.Q(state__in=["open", "declined"], is_blind=True),
            ),
            models.CheckConstraint(
                condition=models.Q(project__isnull=True) | models.Q(team__isnull=True),
                name="access_request_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} to {self.name}: {self.role}"

    @property
    def place(self) -> "Project | Team | None":
        """The registry's project or the team that the person asks for; None if there is none."""
        return self.project or self.team

    @property
    def shown_state(self) -> str:
        """The state as the person may know it."""
        is_silent = self.is_blind and self.state == self.State.DECLINED
        return self.State.OPEN if is_silent else self.state

    @property
    def shown_answer(self) -> str:
        """The text of a refusal, as the person who asked may read it."""
        return "" if self.is_blind else self.answer
