from dataclasses import dataclass

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry_site.accounts.forms import LoginForm, UserForm
from registry_site.accounts.services.profile import sign_up
from registry_site.errors import NotFound
from registry_site.http.sent_forms import Sent, as_page, holds_secrets, seal, show_again, unseal
from registry_site.pages import attempt, form_page, next_url, posted, render_page


@dataclass(frozen=True)
class LoginPage:
    """What login.html shows beside the form."""

    next: str  # the page to open then
    sent: str  # sealed: what an ended session sent
    can_sign_up: bool


@login_not_required
@holds_secrets("password")
@never_cache
@form_page
def login(request: HttpRequest) -> HttpResponse:
    sent = unseal(request.POST.get("sent", ""))
    form = LoginForm(request, posted(request))
    if not request.user.is_authenticated:
        if not form.is_valid():
            status = 422 if form.is_bound else 200
            return login_page(request, form=form, sent=sent, status=status)
        auth.login(request, form.get_user())
    if sent is not None:
        return show_again(request, sent, status=200)
    return HttpResponseRedirect(next_url(request, default=reverse("registries:home")))


def login_page(
    request: HttpRequest, *, sent: Sent | None, status: int, form: LoginForm | None = None
) -> HttpResponse:
    """Ask for username and password; the form carries along what an ended session `sent`."""
    home = reverse("registries:home")
    page = LoginPage(next_url(request, default=home), seal(sent), can_sign_up=settings.SIGNUP)
    context = {"page": page, "form": form or LoginForm(request)}
    return as_page(
        request, render_page(request, "accounts/login/login.html", context, status=status)
    )


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


@login_not_required
@holds_secrets("password")
@never_cache
@form_page
def signup(request: HttpRequest) -> HttpResponse:
    if not settings.SIGNUP:
        raise NotFound(_("Sign-up is closed on this server; ask its admin for an account."))
    form = UserForm(posted(request))
    if user := attempt(form, lambda data: sign_up(**data)):
        auth.login(request, user)
        return redirect("registries:home")
    return render_page(
        request, "accounts/login/signup.html", {"form": form}, status=422 if form.is_bound else 200
    )
