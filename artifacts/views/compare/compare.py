"""Two versions of any collections beside each other; the page is where one chooses them, too."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from artifacts.models import Membership
from artifacts.reads.pages.names import VersionName
from artifacts.views.compare.choice import (
    choice_of,
    chosen,
    compare_url,
    names_in,
    oldest_first,
)
from artifacts.views.compare.file import compared_file
from artifacts.views.compare.manifests import compared_files
from artifacts.views.compare.values import compared_values
from registry_site.errors import DomainError, Gone
from registry_site.pages import HtmxRequest, render_page, wants_fragment

TEMPLATE = "artifacts/compare/compare.html"


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    names = names_in(request)
    if request.GET.get("base") == "last":
        best = request.GET.getlist("best")
        return redirect(compare_url(*oldest_first(names), best=best))
    try:
        memberships = chosen(request.user, names)
    except DomainError as refusal:
        deletion = refusal.deletion if isinstance(refusal, Gone) else None
        choice = choice_of(request.user, names, [], refusal=refusal.message, deletion=deletion)
        return render_page(request, TEMPLATE, {"choice": choice}, status=refusal.status)
    if len(memberships) < 2:
        context = {"choice": choice_of(request.user, names, memberships)}
        return render_page(request, TEMPLATE, context)
    return _compared(request, names, *memberships)


def _compared(
    request: HtmxRequest, names: list[str], base: Membership, other: Membership
) -> HttpResponse:
    context: dict[str, Any] = {"base": VersionName.of(base), "other": VersionName.of(other)}
    if request.GET.get("file"):
        context["file"] = compared_file(request, base, other)
    else:
        context["values"] = compared_values(request, base, other)
        context["files"] = compared_files(request, base, other)
    if not wants_fragment(request):
        context["choice"] = choice_of(request.user, names, [base, other])
    return render_page(request, TEMPLATE, context, fragment="compared")
