"""One file that a run saved: what is in it."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Blob, Run
from artifacts.previews.blocks import Preview
from artifacts.previews.dispatch import WITH_SOURCE, preview_of
from artifacts.previews.kinds import kind_of
from artifacts.previews.reading import Unreadable
from artifacts.services.reach.runs import reach_run_file
from artifacts.store import store
from artifacts.views.breadcrumbs import run_crumbs
from artifacts.views.files.preview import shown_table
from artifacts.views.json_tree.json_tree import Place, tree_of
from artifacts.views.paths import in_run
from artifacts.views.run.media import run_file_url
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Unavailable
from registry_site.pages import HtmxRequest, render_page


@require_safe
@in_run
def run_file_detail(request: HtmxRequest, run: Run) -> HttpResponse:
    check(request.user, Action.DOWNLOAD, run.project)
    file, blob = reach_run_file(run=run, path=request.GET.get("file", ""))
    context = {
        "run": run,
        "file": file,
        "download_url": run_file_url(run, file.name, "run_file_download"),
        "is_source": "source" in request.GET,
        **_content(request, run, file.name, blob),
        "breadcrumb": run_crumbs(run, file.name),
    }
    return render_page(request, "artifacts/run/run_file.html", context)


def _content(request: HtmxRequest, run: Run, path: str, blob: Blob) -> dict[str, Any]:
    """Return the preview of the file, or the sentence that says why there is none."""
    url = run_file_url(run, path)
    page = url.partition("?")[0]
    is_source = "source" in request.GET
    other = url if is_source else f"{url}&source=1"
    source = {"source_url": other if kind_of(path) in WITH_SOURCE else ""}
    try:
        with store().open(blob.sha256) as bytes_:
            preview: Preview = preview_of(bytes_, blob.size, path, request.GET, as_source=is_source)
    except (Unreadable, Unavailable) as refusal:
        return {**source, "why_not": refusal.message}
    tree = None
    if preview.data is not None:
        place = Place("file", page, request.GET, {"file": path})
        tree = tree_of(preview.data, place, label=path)
    return {
        **source,
        "preview": preview,
        "html": render_markdown(preview.markdown),
        "cells": [
            (cell, render_markdown(cell.text) if cell.kind == "markdown" else "")
            for cell in preview.cells
        ],
        "facts": [(label, str(value)) for label, value in preview.facts if value],
        "tables": [shown_table(page, path, each, has_links=False) for each in preview.tables],
        "tree": tree,
    }
