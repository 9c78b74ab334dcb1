"""The menu of saved views beside a table, and the dialogs that save and change one."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from artifacts.forms import SavedViewEditForm, SavedViewForm
from artifacts.models import Collection, Project, SavedView
from artifacts.reads.pages.saved_views import read_views
from artifacts.services import saved_views as services
from artifacts.views.paths import with_collection, with_project
from registry_site.accounts.models import Entity, User
from registry_site.accounts.permissions import Action, role_reason
from registry_site.errors import Invalid, NotFound
from registry_site.pages import HtmxRequest, answer_form, form_page, go_to, posted

Table = SavedView.Table


@dataclass(frozen=True)
class MenuRow:
    """A saved view, and what the person can do with it here."""

    view: SavedView
    is_current: bool  # whether it is what the table shows
    may_change: bool


@dataclass(frozen=True)
class SavedViewsMenu:
    """What components/lists/saved_views.html shows beside a table."""

    rows: list[MenuRow]
    current: SavedView | None
    new_url: str
    query_field: str  # what the table shows, as a query string


def views_menu(
    user: User, query: Any, project: Project, table: str, collection: Collection | None = None
) -> SavedViewsMenu:
    """Return the views of the table that `query` asks for."""
    views = read_views(user, project, table, collection)
    table_query = _table_query(query)
    new = (
        reverse("artifacts:collection_view_create", args=[collection.pk])
        if collection
        else reverse("artifacts:project_view_create", args=[project.pk, table])
    )
    rows = []
    for view in views:
        view.project, view.collection = project, collection
        is_current = sorted(parse_qsl(view.query)) == sorted(parse_qsl(table_query))
        may_change = services.may_change(user, view)
        rows.append(MenuRow(view, is_current, may_change))
    return SavedViewsMenu(
        rows=rows,
        current=next((row.view for row in rows if row.is_current), None),
        new_url=f"{new}?{urlencode({'query': table_query})}",
        query_field=urlencode({"query": table_query}),
    )


@form_page
@with_project
def project_view_create(request: HtmxRequest, project: Project, table: str) -> HttpResponse:
    if table not in {Table.RUNS, Table.COLLECTIONS}:
        raise NotFound(_("There is no such table, or you may not see it."))
    return _create(request, project, table)


@form_page
@with_collection
def collection_view_create(request: HtmxRequest, collection: Collection) -> HttpResponse:
    return _create(request, collection.project, Table.VERSIONS, collection)


@form_page
def view_update(request: HtmxRequest, pk: int) -> HttpResponse:
    view = _view_at(request.user, pk)
    services.check_change(request.user, view)
    query = (request.POST or request.GET).get("query", view.query)

    def update(data: dict[str, Any]) -> str:
        services.update_saved_view(
            by=request.user,
            view=view,
            name=data["name"],
            is_shared=data.get("is_shared", view.is_shared),
            query=query if data.get("is_replaced") else None,
            opened=data["opened"],
        )
        messages.success(request, _("View {name} saved.").format(name=view))
        return view.get_absolute_url()

    form = _edit_form(request, view, query)
    context = {"view": view}
    return answer_form(
        request, form, "artifacts/project/saved_view_update.html", context, operation=update
    )


@require_POST
def view_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    view = _view_at(request.user, pk)
    services.delete_saved_view(by=request.user, view=view)
    messages.success(request, _("View {name} deleted.").format(name=view.name))
    return go_to(request, view.page)


def _create(
    request: HtmxRequest, project: Project, table: str, collection: Collection | None = None
) -> HttpResponse:
    def create(data: dict[str, Any]) -> str:
        view = services.create_saved_view(
            by=request.user, project=project, collection=collection, table=table, **data
        )
        messages.success(request, _("View {name} saved.").format(name=view))
        return view.get_absolute_url()

    query = request.GET.get("query", "")
    form = _form(request, project, initial={"query": query})
    page = (collection or project).get_absolute_url()
    context = {"title": _("Save view"), "close_url": f"{page}?{query}" if query else page}
    return answer_form(request, form, "form.html", context, operation=create)


def _view_at(user: User, pk: int) -> SavedView:
    view = SavedView.objects.visible_to(user).filter(pk=pk).for_path().first()
    if view is None:
        raise NotFound(_("There is no such view, or you may not see it."))
    return view


def _form(
    request: HtmxRequest,
    project: Project,
    kind: type[SavedViewForm] = SavedViewForm,
    *,
    is_shared: bool = False,
    **options: Any,
) -> SavedViewForm:
    """Return the form; whoever shared a view may stop sharing it, whatever their role is now."""
    refusal = "" if is_shared else role_reason(request.user, Action.EDIT, project)
    return kind(posted(request), sharing=_sharing(project), refusal=refusal, **options)


def _edit_form(request: HtmxRequest, view: SavedView, query: str) -> SavedViewForm:
    return _form(
        request,
        view.project,
        SavedViewEditForm,
        now=services.facts_of(view),
        initial={"query": query},
        is_shared=view.is_shared,
        replaces=query != view.query,
    )


def _sharing(project: Project) -> str:
    """Return with whom a view of the project's tables can be shared, "" for nobody."""
    if project.entity.kind == Entity.Kind.USER:
        return ""
    if not project.is_registry:
        return _("Share with the team")
    if project.access == Project.Access.RESTRICTED:
        return _("Share with everybody who sees this registry")
    return _("Share with the organization")


def _table_query(query: Any) -> str:
    """Return what the page's address asks of the table; "" for what can't be saved."""
    try:
        return services.normal_query(query.urlencode())
    except Invalid:
        return ""
