from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry_site.accounts.forms import ApiKeyForm
from registry_site.accounts.services.api_keys import create_api_key, delete_api_key, key_of
from registry_site.accounts.views.settings_pages import settings_page
from registry_site.pages import HtmxRequest, form_page, posted, render_page, server_address


@never_cache
@form_page
def authorize(request: HtmxRequest) -> HttpResponse:
    form = ApiKeyForm(posted(request), initial={"name": "wandb login"})
    if form.is_valid():
        return _key_shown(request, form.cleaned_data["name"])
    context = {"form": form, "command": f"wandb login --host={server_address(request)}"}
    return render_page(
        request, "accounts/authorize.html", context, status=422 if form.is_bound else 200
    )


@never_cache
@require_POST
def api_key_create(request: HtmxRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST)
    if form.is_valid():
        return _key_shown(request, form.cleaned_data["name"])
    return settings_page(request, key_form=form, status=422)


@require_POST
def api_key_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    key = key_of(by=request.user, pk=pk)
    delete_api_key(by=request.user, key=key)
    messages.success(request, _("API key {key} revoked.").format(key=key))
    return redirect("accounts:settings")


def _key_shown(request: HtmxRequest, name: str) -> HttpResponse:
    """Answer with the key itself, this once: it is in no session, and in no cache."""
    user = request.user
    key, text = create_api_key(by=user, user=user, name=name)
    address = server_address(request)
    context = {
        "key": key,
        "text": text,
        "command": f"wandb login --host={address}",
        "variables": f"export WANDB_BASE_URL={address}\nexport WANDB_API_KEY={text}",
    }
    return render_page(request, "accounts/api_key_created.html", context)
