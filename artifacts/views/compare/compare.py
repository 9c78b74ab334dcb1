"""Two versions of any collections beside each other; the page is where one chooses them, too."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from artifacts.views.compare.choice import (
    choice_context,
    chosen,
    compare_url,
    names_in,
    oldest_first,
)
from artifacts.views.compare.file import file_context
from artifacts.views.compare.manifests import files_context
from artifacts.views.compare.values import values_context
from registry_site.errors import DomainError, Gone
from registry_site.pages import HtmxRequest, render_page, wants_fragment

TEMPLATE = "artifacts/compare/compare.html"


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    names, context = names_in(request), dict[str, Any]()
    if request.GET.get("base") == "last":
        best = request.GET.getlist("best")
        return redirect(compare_url(*oldest_first(names), best=best))
    try:
        memberships = chosen(request.user, names)
    except DomainError as refusal:
        context = choice_context(request.user, names, []) | {
            "refusal": refusal.message,
            "deletion": refusal.deletion if isinstance(refusal, Gone) else None,
        }
        return render_page(request, TEMPLATE, context, status=refusal.status)
    if len(memberships) < 2:
        return render_page(request, TEMPLATE, choice_context(request.user, names, memberships))
    base, other = memberships
    context |= {"base": base, "other": other}
    if request.GET.get("file"):
        context |= file_context(request, base, other)
    else:
        context |= values_context(request, base, other) | files_context(request, base, other)
    if not wants_fragment(request):
        context |= choice_context(request.user, names, memberships)
    return render_page(request, TEMPLATE, context, fragment="compared")
