"""Collections of a project or a registry: those that were ticked, or all that fit the filter."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from artifacts.reads.table_text import collections_showing
from artifacts.services.deletion.job_kinds import COLLECTIONS, rehearse_collection
from artifacts.views.deletion.dialog import Deletion, answer_deletion
from artifacts.views.deletion.runs import TICKED, which_of
from artifacts.views.paths import with_project
from registry_site.pages import HtmxRequest, form_page, read_number


@dataclass(frozen=True)
class CollectionChoice:
    """What _choice_collections.html shows: which collections are chosen."""

    which: str
    ticked: list[int]
    query: dict[str, str]
    unlinked: int  # versions that lose their link


@form_page
@with_project
def collections_delete(request: HtmxRequest, project: Project) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    ticked = [pk for pk in map(read_number, data.getlist("collection")) if pk]
    which = which_of(data, ticked, "q", "type")
    chosen: QuerySet[Collection] = Collection.objects.filter(project=project)
    if which == TICKED:
        chosen = chosen.filter(pk__in=ticked)
    else:
        chosen = _fitting(chosen, data.get("q", "").strip(), data.get("type", ""))
    links = Membership.objects.live().filter(
        collection__in=chosen.filter(kind="portfolio").order_by().values("pk")
    )
    query = {"q": data.get("q", ""), "type": data.get("type", "")}
    choice = CollectionChoice(which, ticked, query, links.count())
    return answer_deletion(request, _deletion(project, chosen), choice)


def _fitting(collections: QuerySet[Collection], text: str, type_name: str) -> QuerySet[Collection]:
    if text:
        collections = collections.filter(collections_showing(text))
    return collections.filter(artifact_type__name=type_name) if type_name else collections


def _deletion(project: Project, chosen: QuerySet[Collection]) -> Deletion:
    sequences = chosen.filter(kind="sequence").order_by().values("pk")
    return Deletion(
        kind=COLLECTIONS,
        act=rehearse_collection,
        project=project,
        about=str(project),
        page=project.get_absolute_url(),
        title=_("Delete collections of {name}").format(name=project),
        chosen=chosen,
        things=lambda rows: list(rows.values_list("pk", "name")),
        doubtful=chosen.order_by("version_count", "pk"),
        versions=Version.objects.committed().filter(sequence__in=sequences),
        template="artifacts/deletion/_choice_collections.html",
    )
