"""Forms that come too late: after a login in another tab, or after the session ended.

What the person typed is not lost; registry_site.http.sent_forms has the rules.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from registry_site.accounts.views.login import login_page
from registry_site.http.sent_forms import Sent, is_from_here, sent_by, show_again, unseal
from registry_site.pages import HtmxRequest, page_shown, wants_fragment


def csrf_failure(request: HtmxRequest, reason: str = "") -> HttpResponse:
    """Refuse a form whose token is not the browser's; show again what our own page sent."""
    sent = sent_by(request) or _sent_with_login(request)
    if sent is None:
        return render(request, "403_csrf.html", status=403)
    if request.user.is_authenticated:
        return show_again(request, sent, status=403)
    return login_page(request, sent=sent, status=403)


def _sent_with_login(request: HttpRequest) -> Sent | None:
    """Return the earlier form that a login form carried while somebody logged in in another tab."""
    if not is_from_here(request):
        return None
    return unseal(request.POST.get("sent", ""))


class LoginRequired(LoginRequiredMiddleware):
    """Redirect to the login where a page needs one, and carry along the form that was sent."""

    def handle_no_permission(  # type: ignore[override]  # the base only redirects
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        sent = sent_by(request)
        if sent is not None and sent.fields:
            return login_page(request, sent=sent, status=403)
        if wants_fragment(request):  # a login page can't be a part of another page
            query = urlencode({"next": page_shown(request) or "/"})
            return HttpResponseClientRedirect(f"{reverse('accounts:login')}?{query}")
        return super().handle_no_permission(request, view_func)
