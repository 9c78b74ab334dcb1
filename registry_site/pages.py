"""Answers with a page, or with the fragment of it that htmx asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods
from django_htmx.http import (
    HttpResponseClientRedirect,
    HttpResponseClientRefresh,
    reselect,
    reswap,
    retarget,
    trigger_client_event,
)
from django_htmx.middleware import HtmxDetails

from registry_site.errors import DomainError, Moved
from registry_site.http.exports import KINDS, Listing
from registry_site.queries.keyset import PAGE_SIZE, Order, page_by_key
from registry_site.texts.edits import EditForm, Unread

if TYPE_CHECKING:
    from registry_site.accounts.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])


class HtmxRequest(HttpRequest):
    """A request that passed django-htmx's middleware, from a person who is logged in."""

    htmx: HtmxDetails
    user: "User"
    resolver_match: Any  # never None where a view runs


def wants_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a fragment; boosted links and restored pages need all."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its partial named `fragment` where htmx asks for a piece."""
    name = f"{template}#{fragment}" if fragment and wants_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, private=True, max_age=0)
    if request.method == "POST":  # no cache may keep what a form sent
        patch_cache_control(response, no_store=True)
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, None for a request that only shows the form."""
    return request.POST if request.method == "POST" else None


def read_number(text: str, default: int = 0) -> int:
    """Return the number in an address or a form; the default for a text that can be no key."""
    return int(text) if text.isdecimal() and len(text) < 19 else default


def attempt(form: Form, operation: Callable[[dict[str, Any]], Any]) -> Any:
    """Run `operation` on a valid form and return its result; show its refusal in the form.

    Returns None where the form is not valid or the operation refused.
    """
    if not form.is_valid():
        return None
    try:
        return operation(form.cleaned_data)
    except Unread as refusal:
        if not isinstance(form, EditForm):
            raise
        form.ask(refusal)
        return None
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return None


def status_of(form: Form) -> int:
    """Return the status of a page that shows this form: refused, refused as unread, or new."""
    unread = getattr(form, "unread", None)
    return unread.status if unread else 422 if form.is_bound else 200


def render_form(
    request: HttpRequest, form: Form, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show a form as a page, or in the overlay."""
    context, status = {**context, "form": form}, status_of(form)
    response = render_page(request, template, context, fragment="dialog", status=status)
    if status == Unread.status and wants_fragment(request):
        # htmx shows a 409 only as a message otherwise: see markup/htmx.py
        retarget(reswap(reselect(response, "#dialog"), "innerHTML"), "#overlay")
    return response


def answer_form(
    request: HttpRequest,
    form: Form,
    template: str,
    context: dict[str, Any],
    *,
    operation: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    """Show a form as a page or in the overlay; after its `operation`, redirect to the result."""
    if url := attempt(form, operation):
        return go_to(request, url)
    return render_form(request, form, template, context)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect to another page after a change, for htmx and plain forms alike."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def show_again(request: HttpRequest, url: str) -> HttpResponse:
    """Reload the page after a change that shows in many places of it; `url` without htmx."""
    if wants_fragment(request):
        return HttpResponseClientRefresh()
    return HttpResponseRedirect(next_url(request, url))


def undo_address(url: str, **fields: Any) -> str:
    """Return the `extra_tags` of a message that offers to undo, with the address for the post."""
    return f"{url}?{urlencode(fields, doseq=True)}"


@dataclass(frozen=True)
class Table:
    """A page of rows, as components/lists/pagination.html expects it."""

    rows: list[Any]
    total: int  # the number of rows on all pages
    summary: str
    previous_url: str
    next_url: str
    files: list[dict[str, str]] = field(default_factory=list)  # the whole list as CSV and JSON


def list_page(
    request: HttpRequest,
    listing: Listing,
    *,
    summary: Callable[[int], str],
    query: Any = None,
    **options: Any,
) -> Table:
    """Return the page of a list that the address names, with links to the list's files.

    `summary`, `query` and the other options are as for `table_of`.
    """
    table = table_of(
        request,
        listing.rows,
        order=listing.order,
        summary=summary,
        query=query,
        count=listing.count,
        first=listing.first,
        **options,
    )
    files = files_of(listing.url, request.GET if query is None else query)
    return replace(table, rows=listing.complete(table.rows), files=files)


def files_of(url: str, query: Any) -> list[dict[str, str]]:
    """Return the addresses of a list's files, with the query of the page."""
    parameters = [
        (key, value)
        for key, values in query.lists()
        if key.rpartition("_")[2] not in {"after", "before"}  # files have the rows of all pages
        for value in values
    ]
    rest = f"?{urlencode(parameters)}" if parameters else ""
    return [{"label": kind.upper(), "url": f"{url}.{kind}{rest}"} for kind in KINDS]


def table_of(
    request: HttpRequest,
    queryset: QuerySet,
    *,
    order: Order,
    summary: Callable[[int], str],
    size: int = PAGE_SIZE,
    prefix: str = "",
    url: str = "",
    query: Any = None,
    count: Callable[[], int] | None = None,
    first: Callable[[], list[Any]] | None = None,
) -> Table:
    """Return the page of rows that the address names; `prefix` tells two tables apart.

    `summary` words the number of all rows, with {count} in its place. A form that renews the table
    of another page gives that page's `url` and `query`. `count` counts the rows in another way, and
    `first` reads the first page.
    """
    total = count() if count else queryset.count()
    parameters = request.GET if query is None else query
    page = page_by_key(
        queryset, order=order, request_get=parameters, size=size, prefix=prefix, first=first
    )
    url = url or escape_uri_path(request.path)
    return Table(
        rows=page.rows,
        total=total,
        summary=summary(total).format(count=f"{total:,}"),
        previous_url=page.previous_query and url + page.previous_query,
        next_url=page.next_query and url + page.next_query,
    )


def page_shown(request: Any) -> str:
    """Return path and query of the page from which htmx asks, "" where it names none of ours."""
    try:
        return request.htmx.current_url_abs_path or ""
    except ValueError:  # the header is no address
        return ""


def page_behind(request: HtmxRequest) -> str:
    """Return path and query of the page behind a dialog, "" where the form is the page itself."""
    behind = page_shown(request) if wants_fragment(request) else ""
    return "" if unquote(behind.partition("?")[0]) == request.path else behind


def close_overlay(
    request: HttpRequest, fragment: str, context: dict[str, Any], target: str
) -> HttpResponse:
    """Close the dialog or drawer and renew the fragment and the messages of the page behind."""
    html = render_to_string(fragment, context, request)
    html += render_to_string("components/page/messages.html", {"oob": True}, request)
    response = HttpResponse(html)
    patch_vary_headers(response, ["HX-Request"])
    retarget(response, target)
    reswap(response, "outerHTML")
    return trigger_client_event(response, "closeOverlay")


def address_now(request: Any, error: Moved) -> str:
    """Return the same address, with the same query, under the thing's new names."""
    match = request.resolver_match
    names = {part: name for part, name in error.names.items() if part in match.kwargs}
    path = reverse(match.view_name, kwargs=match.kwargs | names)
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def next_url(request: HttpRequest, default: str) -> str:
    """Return the page of this server that `next` names; the default for any other address."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # a reserved character would belong to this address's own path or query
    return url if safe and url.startswith(("/", "http://", "https://")) else default


def server_address(request: HttpRequest) -> str:
    """Return the server's own address for people and scripts: WANDB_BASE_URL."""
    return settings.BASE_URL or f"{request.scheme}://{request.get_host()}"
