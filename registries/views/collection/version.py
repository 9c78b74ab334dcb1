from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Membership
from artifacts.reads.plain_files import find_registry_file
from artifacts.services.collections import links as services
from artifacts.services.files.downloads import allowed_file
from artifacts.services.usage.consumers import Consumers, consumers_of
from artifacts.views.files.folder import files_listing
from artifacts.views.files.plain_files import (
    send_checksums,
    send_file,
    send_found,
    send_metadata,
    send_zip,
)
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.usage.usage import usage_listing
from artifacts.views.version.tabs import render_version, version_context
from registries.views.breadcrumbs import collection_crumbs
from registries.views.collection.menus import unlink_item, unlink_reason, why_item
from registries.views.paths import in_version
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.login_or_key import KeyedRequest, by_login_or_key
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, form_page, go_to, render_page


@require_safe
@in_version
def version_detail(request: HtmxRequest, opened: OpenedVersion, tab: str = "") -> HttpResponse:
    membership, collection = opened.membership, opened.membership.collection
    context = version_context(request, opened, tab)
    hold = context["page"].holds.item
    context["breadcrumb"] = collection_crumbs(collection, last=opened.name)
    context["menu"] = [
        *([hold] if hold else []),
        *why_item(request.user, collection, membership.number),
        unlink_item(request.user, membership),
    ]
    return render_version(request, "registries/collection/version_detail.html", context)


@exported
@in_version
def files_export(request: HtmxRequest, opened: OpenedVersion) -> Listing:
    return files_listing(opened.membership, request.GET.get("folder", ""))


@exported
@in_version
def usage_export(request: HtmxRequest, opened: OpenedVersion, name: str) -> Listing:
    return usage_listing(request.user, opened, name)


version_metadata = by_login_or_key(in_version(send_metadata))
version_zip = by_login_or_key(in_version(send_zip))
version_checksums = by_login_or_key(in_version(send_checksums))


_searched_file = in_version(send_file)  # finds former names, and says why it refuses


@by_login_or_key
def version_file(request: KeyedRequest, **address: str) -> HttpResponseBase:
    file = allowed_file(request.user, find_registry_file(**address))
    return send_found(request, file) if file else _searched_file(request, **address)


@dataclass(frozen=True)
class UnlinkDialog:
    """What version_unlink.html shows: what goes with the link, and why it may stay."""

    membership: Membership
    aliases: list[str]
    consumers: Consumers
    reason: str  # why the role does not suffice


@form_page
@in_version
def unlink(request: HtmxRequest, opened: OpenedVersion) -> HttpResponse:
    membership, collection = opened.membership, opened.membership.collection
    check(request.user, Action.EDIT, collection.project)
    if request.method == "POST":
        services.unlink_version(by=request.user, membership=membership)
        messages.success(request, _("{version} unlinked.").format(version=membership))
        return go_to(request, collection.get_absolute_url())
    page = UnlinkDialog(
        membership=membership,
        aliases=sorted(alias.name for alias in membership.alias_rows),
        consumers=consumers_of(
            by=request.user, collection=collection, version_id=membership.version_id
        ),
        reason=unlink_reason(request.user, membership),
    )
    template = "registries/collection/version_unlink.html"
    return render_page(request, template, {"page": page}, fragment="dialog")
