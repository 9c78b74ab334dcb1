"""The messages shown after people and teams were given a role in a registry."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from artifacts.models import ProjectMember
from registries.models import Registry
from registries.services.members.members import AddedMembers
from registry_site.accounts.permissions import Role


def tell_added(request: HttpRequest, registry: Registry, added: AddedMembers, role: str) -> None:
    """Say who has the role now, who joined the organization for it, and who keeps another role."""
    if added.new:
        names = sorted(str(member.user or member.team) for member in added.new)
        text = _("Given the role {role} in {registry}: {names}.").format(
            names=", ".join(names), role=Role(role).label, registry=registry.project
        )
        messages.success(request, text)
    if added.let_in:
        text = _("{names} came into {organization} from outside, as view-only.").format(
            names=", ".join(added.let_in), organization=registry.organization
        )
        messages.info(request, text)
    if added.unchanged:
        names = sorted(_with_role(member) for member in added.unchanged)
        text = _("Already here, and unchanged: {names}.").format(names=", ".join(names))
        messages.info(request, text)


def _with_role(member: ProjectMember) -> str:
    return f"{member.user or member.team} ({member.get_role_display()})"
