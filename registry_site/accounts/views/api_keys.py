from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from registry_site.accounts.forms import ApiKeyForm
from registry_site.accounts.models import ApiKey, User
from registry_site.accounts.services.keys.api_keys import delete_api_key, key_of
from registry_site.accounts.services.keys.handover import create_key_to_show, show_key_once
from registry_site.accounts.views.settings_pages import settings_page
from registry_site.pages import HtmxRequest, form_page, posted, render_page, server_address


@dataclass(frozen=True)
class KeyPage:
    """What api_key_detail.html shows: the key itself once, and how to use it."""

    key: ApiKey
    text: str | None  # None where it was shown before
    command: str
    variables: str
    back_url: str


@form_page
def authorize(request: HtmxRequest) -> HttpResponse:
    form = ApiKeyForm(posted(request), initial={"name": "wandb login"})
    if form.is_valid():
        return show_new_key(request, request.user, form.cleaned_data["name"])
    context = {"form": form, "command": f"wandb login --host={server_address(request)}"}
    return render_page(
        request, "accounts/keys/authorize.html", context, status=422 if form.is_bound else 200
    )


@require_POST
def api_key_create(request: HtmxRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST)
    if form.is_valid():
        return show_new_key(request, request.user, form.cleaned_data["name"])
    return settings_page(request, key_form=form, status=422)


@never_cache
@require_GET
def api_key_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the key itself the first time that its maker looks; after a reload only its name."""
    key = key_of(by=request.user, pk=pk)
    text = show_key_once(by=request.user, key=key)
    address = server_address(request)
    page = KeyPage(
        key=key,
        text=text,
        command=f"wandb login --host={address}",
        variables=f"export WANDB_BASE_URL={address}\nexport WANDB_API_KEY={text}",
        back_url=_page_of(key, request.user),
    )
    return render_page(request, "accounts/keys/api_key_detail.html", {"page": page})


@require_POST
def api_key_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    key = key_of(by=request.user, pk=pk)
    delete_api_key(by=request.user, key=key)
    messages.success(request, _("API key {key} revoked.").format(key=key))
    return redirect(_page_of(key, request.user))


def show_new_key(request: HtmxRequest, user: User, name: str) -> HttpResponse:
    """Make a key and redirect to the page that shows it, so that a reload makes no other."""
    key = create_key_to_show(by=request.user, user=user, name=name)
    return redirect("accounts:api_key_detail", key.pk)


def _page_of(key: ApiKey, by: User) -> str:
    if key.user == by or key.user.service_of is None:
        return reverse("accounts:settings")
    args = [key.user.service_of.entity.name, key.user.username]
    return reverse("accounts:service_account_detail", args=args)
