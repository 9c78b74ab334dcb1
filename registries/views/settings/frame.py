"""What every tab of a registry's settings has: head, tabs, and who may change what is there.

Everybody who sees the registry may read its settings. A person who may not manage it gets the same
pages without forms, and the sentence that says why and who can help.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries.models import Registry
from registries.views.addresses import settings_url
from registries.views.breadcrumbs import Crumbs, registry_crumbs
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, denial

TABS = [  # the address's name in registries.urls, and the word on the tab
    ("settings_general", gettext_lazy("General")),
    ("settings_members", gettext_lazy("Members")),
    ("settings_aliases", gettext_lazy("Aliases")),
    ("settings_keeping", gettext_lazy("Keeping")),
    ("settings_delete", gettext_lazy("Delete")),
]


@dataclass(frozen=True)
class SettingsFrame:
    """What surrounds every tab: the tabs, and why the person may only read."""

    registry: Registry
    tab: str  # the name of its address
    reason: str  # why the person may not manage the registry, "" where they may

    @property
    def can_manage(self) -> bool:
        return not self.reason

    @property
    def ask_url(self) -> str:
        return ask_url(Action.MANAGE, self.registry.project)

    @property
    def tab_label(self) -> str:
        return str(dict(TABS)[self.tab])

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {"url": settings_url(self.registry, name), "label": label, "current": name == self.tab}
            for name, label in TABS
        ]

    @property
    def breadcrumb(self) -> Crumbs:
        return registry_crumbs(self.registry, _("Settings"))


def settings_frame(user: User, registry: Registry, tab: str) -> SettingsFrame:
    """Return the frame of this tab as the person sees it."""
    project = registry.project
    role = project.role_of(user)
    if role is None or can(user, Action.MANAGE, project):
        return SettingsFrame(registry, tab, reason="")
    return SettingsFrame(registry, tab, denial(Action.MANAGE, project, role))
