from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from registry_site.accounts.forms import LoginForm, UserForm
from registry_site.accounts.services.profile import sign_up
from registry_site.errors import NotFound
from registry_site.pages import attempt, form_page, next_url, posted, render_page


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@form_page
def login(request: HttpRequest) -> HttpResponse:
    target = next_url(request, default=reverse("registries:home"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = LoginForm(request, posted(request))
    if form.is_valid():
        auth.login(request, form.get_user())
        return HttpResponseRedirect(target)
    context = {"form": form, "next": target, "signup": settings.SIGNUP}
    return render_page(
        request, "accounts/login.html", context, status=422 if form.is_bound else 200
    )


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


@login_not_required
@sensitive_post_parameters("password")
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
        request, "accounts/signup.html", {"form": form}, status=422 if form.is_bound else 200
    )
