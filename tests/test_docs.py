"""README and docs/ say what is so: settings, releases, and each path and name of the code."""

import ast
import re
from itertools import chain, product
from pathlib import Path

import pytest
from django.conf import settings

from scripts.releases.table import rows_of_table

ROOT = Path(settings.BASE_DIR)
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_FOLDERS = "artifacts|registries|registry_site|templates|static|tests|scripts|docs|.ci"
# `artifacts/urls.py`, in code or in a block of it; behind a colon stands what the file defines
_PATH = re.compile(rf"(?<![\w/.$}}-])((?:{_FOLDERS})/[\w./*{{}},-]*)(?::([A-Za-z_]\w*))?")
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")


def test_the_docs_have_every_setting_and_no_other():
    readers = (ROOT / "registry_site/settings.py", ROOT / "scripts/gunicorn.conf.py")
    code = "\n".join(path.read_text() for path in readers)
    read = set(
        re.findall(r"(?:env\.\w+|_boolean|_whole_number|environ\.get)\(\s*\"([A-Z_]+)\"", code)
    )
    assert {"HOST", "PORT", "DATABASE_URL", "WEB_THREADS"} <= read
    text = (ROOT / "docs/operating.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert sorted(re.findall("`([A-Z_]+)`", " ".join(rows))) == sorted(read)


def test_the_docs_say_what_works_since_which_release():
    """As scripts/compat finds it; its table says which of its steps old releases can't do."""
    lines = (ROOT / "docs/sdk.md").read_text().splitlines()
    first = lines.index("| what works | since |") + 3
    assert [line for line in lines[first:] if line.startswith("|")] == rows_of_table()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_path_in_the_docs_exists(doc):
    spelled = chain.from_iterable(_spelled_out(path) for path, _name in _paths(doc))
    assert not [path for path in spelled if not _exists(path)]


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_name_in_the_docs_is_defined_where_they_say(doc):
    mentions = [(path, name) for path, name in _paths(doc) if name]
    assert not [(path, name) for path, name in mentions if name not in _defined(ROOT / path)]


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_link_of_the_docs_leads_somewhere(doc):
    dead = []
    for link in filter(None, chain.from_iterable(_LINK.findall(doc.read_text()))):
        path, _hash, anchor = link.partition("#")
        if "://" in path:
            continue
        target = doc.parent / path if path else doc
        if not target.is_file() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert not dead


def test_the_readme_names_how_to_run_and_test_first():
    block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert [line.split()[0] for line in block[1].splitlines()] == ["scripts/run", "scripts/test"]


def _paths(doc):
    """`(path, name)` of everything in the document's code that reads as a path of the checkout."""
    text = doc.read_text()
    for code in re.findall(r"```.*?```|`[^`\n]+`", text, re.S):
        for path, name in _PATH.findall(code):
            yield path.rstrip(".,"), name


def _spelled_out(path):
    """`a/{b,c}.py` is a/b.py and a/c.py."""
    parts = re.split(r"\{([^}]*)\}", path)
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    return ["".join(choice) for choice in product(*choices)]


def _exists(path):
    if "*" in path:
        return any(ROOT.glob(path))
    target = ROOT / path
    return target.is_dir() if path.endswith("/") else target.exists()


def _defined(path):
    """Functions, classes and constants of a module, and the members of its classes."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _anchors(doc):
    """The anchors of its headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", doc.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
