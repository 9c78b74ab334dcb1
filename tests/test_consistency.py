"""Rules of the house, walked over templates, addresses, settings and code."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from scripts.compat_table import readme_rows

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PYTHON = [
    path
    for top in ("registry_site", "artifacts", "registries")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts
]
FOUND_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
PUBLIC = {  # views that ask for no login; each checks a key or a signature, or shows nothing
    "healthz", "readyz", "graphql", "login", "logout", "signup", "file_stream", "upload",
    "download", "artifact_file", "artifact_file_by_digest", "no_telemetry",
    "version_file", "version_zip", "version_checksums",
}  # fmt: skip


def name_of(template):
    return template.relative_to(ROOT / "templates").as_posix()


def test_every_template_is_used():
    sources = [path.read_text() for path in [*PYTHON, *TEMPLATES]]
    unused = [
        name_of(template)
        for template in TEMPLATES
        if name_of(template) not in FOUND_BY_DJANGO
        and not any(f'"{name_of(template)}' in source for source in sources)
        and not any(f"'{name_of(template)}" in source for source in sources)
        and not _is_version_tab(template)
    ]
    assert not unused


def _is_version_tab(template):
    """The tabs' templates are named by the tab: `_version_{tab}.html`."""
    return template.name.startswith("_version_")


class _Attributes(HTMLParser):
    """Start tags of a template, with the template's own tags taken out."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(re.sub(r"{%.*?%}|{#.*?#}", "", text, flags=re.S))

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_htmx_only_adds_to_what_works_without_it(template):
    for tag, given in _Attributes(template.read_text()).found:
        if "hx-post" in given:
            assert tag == "form", given
            assert given.get("method") == "post", given
        if "hx-get" in given:
            assert "href" in given or (tag == "form" and "action" in given), given
        assert not any(name.startswith(("hx-on", "on")) for name in given), given
        assert "style" not in given, given
        if tag == "script":
            assert "src" in given, given


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_templates_load_nothing_from_other_hosts(template):
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_post_form_has_its_token(template):
    text = template.read_text()
    forms = len(re.findall(r"<form[^>]*method=\"post\"", text))
    assert text.count("{% csrf_token %}") >= forms


def addresses(resolver=None, space=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern


def test_every_address_has_a_name_and_a_test():
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")))
    untested = [name for name, _ in addresses() if name.rpartition(":")[2] not in tests]
    # tests/journeys/test_lists.py walks these
    assert not [name for name in untested if not name.endswith("_export")]


def test_only_named_views_are_open_to_all():
    opened = {
        name.rpartition(":")[2]
        for name, pattern in addresses()
        if not getattr(pattern.callback, "login_required", True)
    }
    # lists as files ask for a login or a key: tests/journeys/test_lists.py walks them all
    assert {name for name in opened if not name.endswith("_export")} <= PUBLIC


def test_every_list_has_files_or_says_why_not():
    """A page of rows comes from list_page(), which knows the files, or has a comment instead."""
    silent = []
    for path in PYTHON:
        if "views" not in path.parts:
            continue
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.search(r"\b(table_of|page_by_key)\($", line):
                said = "\n".join(lines[max(number - 2, 0) : number])
                if not re.search(r"# (no files|its files)", said):
                    silent.append(f"{path.relative_to(ROOT)}:{number + 1}")
    assert not silent


def test_every_setting_is_in_the_readme():
    read = set(
        re.findall(
            r"(?:env\.\w+|_boolean)\(\s*\"([A-Z_]+)\"",
            (ROOT / "registry_site/settings.py").read_text(),
        )
    )
    assert {"HOST", "PORT", "DATABASE_URL"} <= read
    readme = (ROOT / "README.md").read_text()
    assert not [name for name in sorted(read) if f"`{name}`" not in readme]


def test_readme_says_what_works_since_which_release():
    """As scripts/compat finds it; its table says which of its steps old releases can't do."""
    readme = (ROOT / "README.md").read_text().splitlines()
    first = readme.index("| what works | since |") + 3
    assert readme[first : readme.index("", first)] == readme_rows()


def test_only_settings_read_the_environment():
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in PYTHON
        if re.search(r"os\.environ\b(?!\.setdefault)|os\.getenv", path.read_text())
    ]
    assert not readers


def test_views_and_resolvers_decide_nothing_by_role():
    """Rights are asked by action; whoever compares roles has a rule that the table doesn't."""
    doors = [path for path in PYTHON if {"views", "graphql", "forms"} & set(path.parts)]
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in doors
        if re.search(r"(==|!=|\bin\b)\s*\(?\s*Role\.", path.read_text())
    ]
    assert not guilty
