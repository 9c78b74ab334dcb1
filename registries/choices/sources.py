"""Finds a version by what people paste: its full name, or the address of a page that shows it."""

from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.services.collections.links import check_linkable
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid, NotFound

_Parts = tuple[str, str, str, str]  # entity, project, collection, reference


def find_source(user: User, text: str, collection: Collection, hosts: set[str]) -> Membership:
    """Return the membership in the sequence where the version that the text names was logged.

    The text is `entity/project/collection[:reference]` or an address of this server, whose names
    are `hosts`; it may name a link. Raises a refusal that says why this version can't be linked to
    the collection.
    """
    entity, project, name, reference = _parts(user, text.strip().strip("`'\"<>"), hosts)
    seen = Membership.objects.visible_to(user).for_path()
    membership = seen.at(entity, project, f"{name}:{reference}").first()
    if membership is None:
        raise NotFound(
            _("There is no version `{text}` that you may see.").format(text=text.strip()[:300])
        )
    version = membership.version
    source = seen.filter(collection=version.sequence_id, version=version).first()
    if source is None:
        text = _("{version} can't be linked: it was logged in a project that you cannot open.")
        raise Invalid(text.format(version=membership))
    check(user, Action.EDIT, version)
    check_linkable(by=user, version=version, project=collection.project)
    if source.collection.artifact_type.name != collection.artifact_type.name:
        raise Invalid(
            _("{version} has the type “{type}”, but {collection} holds the type “{held}”.").format(
                version=source,
                type=source.collection.artifact_type.name,
                collection=collection,
                held=collection.artifact_type.name,
            )
        )
    return source


def _parts(user: User, text: str, hosts: set[str]) -> _Parts:
    if text.startswith(("http://", "https://", "/")):
        return _parts_of_address(user, text, hosts)
    path, _colon, reference = text.partition(":")
    parts = path.split("/")
    if len(parts) != 3:
        raise Invalid(
            _(
                "`{text}` is no full name. Write `TEAM/PROJECT/ARTIFACT:VERSION`, or paste the "
                "address of its page."
            ).format(text=text[:300])
        )
    return parts[0], parts[1], parts[2], reference


def _parts_of_address(user: User, text: str, hosts: set[str]) -> _Parts:
    try:
        address = urlsplit(text)
    except ValueError as error:
        raise Invalid(_("`{text}` is no address.").format(text=text[:300])) from error
    if address.netloc and address.netloc not in hosts:
        raise Invalid(_("{host} is not this server.").format(host=address.netloc))
    try:
        names = resolve(unquote(address.path)).kwargs
    except Resolver404:
        names = {}
    if "collection" not in names:
        raise Invalid(_("The page at `{path}` shows no artifact.").format(path=address.path[:300]))
    if "registry" not in names:
        return names["entity"], names["project"], names["collection"], names.get("version", "")
    owners = Organization.objects.visible_to(user).select_related("entity")
    owner = owners.with_name(names["organization"]).first()
    entity = owner.entity.name if owner else ""
    project = REGISTRY_PREFIX + names["registry"]
    return entity, project, names["collection"], names.get("reference", "")
