"""One file that a run saved: what is in it."""

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Blob, Run, RunFile
from artifacts.previews.blocks import NotebookCell, Preview
from artifacts.previews.dispatch import WITH_SOURCE, preview_of
from artifacts.previews.kinds import kind_of
from artifacts.previews.reading import Unreadable
from artifacts.services.reach.runs import reach_run_file
from artifacts.store import store
from artifacts.views.breadcrumbs import run_crumbs
from artifacts.views.files.preview import ShownTable, shown_table
from artifacts.views.json_tree.json_tree import Place, Tree, tree_of
from artifacts.views.paths import in_run
from artifacts.views.run.media import run_file_url
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Unavailable
from registry_site.pages import HtmxRequest, render_page


@dataclass(frozen=True)
class Content:
    """What is in the file, or the sentence that says why that isn't shown."""

    why_not: str = ""
    preview: Preview | None = None
    html: str = ""
    cells: list[tuple[NotebookCell, str]] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[ShownTable] = field(default_factory=list)
    tree: Tree | None = None


@dataclass(frozen=True)
class RunFilePage:
    """What run_file.html shows."""

    file: RunFile
    download_url: str
    source_url: str  # of the plain text, where the file is shown in another way, and back
    is_source: bool
    content: Content


@require_safe
@in_run
def run_file_detail(request: HtmxRequest, run: Run) -> HttpResponse:
    check(request.user, Action.DOWNLOAD, run.project)
    file, blob = reach_run_file(run=run, path=request.GET.get("file", ""))
    url, is_source = run_file_url(run, file.name), "source" in request.GET
    other = url if is_source else f"{url}&source=1"
    page = RunFilePage(
        file=file,
        download_url=run_file_url(run, file.name, "run_file_download"),
        source_url=other if kind_of(file.name) in WITH_SOURCE else "",
        is_source=is_source,
        content=_content(request, url.partition("?")[0], file.name, blob),
    )
    context = {"run": run, "page": page, "breadcrumb": run_crumbs(run, file.name)}
    return render_page(request, "artifacts/run/run_file.html", context)


def _content(request: HtmxRequest, url: str, path: str, blob: Blob) -> Content:
    is_source = "source" in request.GET
    try:
        with store().open(blob.sha256) as bytes_:
            preview: Preview = preview_of(bytes_, blob.size, path, request.GET, as_source=is_source)
    except (Unreadable, Unavailable) as refusal:
        return Content(why_not=refusal.message)
    tree = None
    if preview.data is not None:
        place = Place("file", url, request.GET, {"file": path})
        tree = tree_of(preview.data, place, label=path)
    return Content(
        preview=preview,
        html=render_markdown(preview.markdown),
        cells=[
            (cell, render_markdown(cell.text) if cell.kind == "markdown" else "")
            for cell in preview.cells
        ],
        facts=[(label, str(value)) for label, value in preview.facts if value],
        tables=[shown_table(url, path, each, has_links=False) for each in preview.tables],
        tree=tree,
    )
