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
from artifacts.store import store
from artifacts.views.files.preview import shown_table
from artifacts.views.json_tree.json_tree import Place, tree_of
from artifacts.views.lookup import file_of_run, run_at
from artifacts.views.run.media import run_file_url
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Unavailable
from registry_site.pages import HtmxRequest, render_page


@require_safe
def run_file_detail(request: HtmxRequest, entity: str, project: str, run: str) -> HttpResponse:
    reached = run_at(request.user, entity, project, run)
    check(request.user, Action.DOWNLOAD, reached.project)
    file, blob = file_of_run(reached, request.GET.get("file", ""))
    context = {
        "run": reached,
        "file": file,
        "download_url": run_file_url(reached, file.name, "run_file_download"),
        "is_source": "source" in request.GET,
        **_content(request, reached, file.name, blob),
        "breadcrumb": [
            {"label": entity, "url": reached.project.entity.get_absolute_url()},
            {"label": project, "url": reached.project.get_absolute_url()},
            {"label": reached.display_name, "url": reached.get_absolute_url()},
            {"label": file.name},
        ],
    }
    return render_page(request, "artifacts/run/run_file.html", context)


def _content(request: HtmxRequest, run: Run, path: str, blob: Blob) -> dict[str, Any]:
    """What the previews know of the file, or the sentence why they know nothing."""
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
