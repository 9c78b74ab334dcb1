"""Rules of the house, walked over templates, addresses, settings and code."""

import ast
import re
from html.parser import HTMLParser
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings
from django.forms import Form
from django.urls import get_resolver

from registry_site.texts.edits import EditForm
from tests.helpers.addresses import addresses

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
    "version_file", "version_zip", "version_checksums", "version_metadata", "run_config",
    "run_summary",
}  # fmt: skip


def name_of(template):
    return template.relative_to(ROOT / "templates").as_posix()


@pytest.mark.slow
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
    """The tabs' templates are named by the tab: `version/tab_{tab}.html`."""
    return template.name.startswith("tab_")


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


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_refusals_and_messages_show_code_as_code(template):
    """Between tags; in an attribute there is no code."""
    text = re.sub(r"<[^<>]*>", "", template.read_text())
    words = r"{{ [\w.]*(?:message|refusal|reason|errors?|errors\.\w+)(?:\|join:\" \")? }}"
    assert not [found for found in re.findall(words, text) if "option.reason" not in found]


def test_every_address_has_a_name():
    """A run of the whole suite tells which of them it did not visit: see helpers/addresses.py."""
    assert not [pattern for _name, pattern in addresses() if not pattern.name]


def test_only_named_views_are_open_to_all():
    opened = {
        name.rpartition(":")[2]
        for name, pattern in addresses()
        if not getattr(pattern.callback, "login_required", True)
    }
    # lists as files ask for a login or a key: tests/journeys/test_lists.py walks them all
    assert {name for name in opened if not name.endswith(("_export", "_feed"))} <= PUBLIC


def test_every_list_has_files_or_says_why_not():
    """A page of rows comes from list_page(), which knows the files, or has a comment instead."""
    silent = []
    for path in PYTHON:
        if "views" not in path.relative_to(ROOT).parts:
            continue
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.search(r"\b(table_of|page_by_key)\($", line):
                said = "\n".join(lines[max(number - 2, 0) : number])
                if not re.search(r"# (no files|its files)", said):
                    silent.append(f"{path.relative_to(ROOT)}:{number + 1}")
    assert not silent


# what all rows have in common is read once, and set on each of them
IN_COMMON = {"collection", "project"}


def test_rows_carry_no_passing_state():
    """A view that adds something to rows makes rows of its own; it sets nothing on the models."""
    set_on_rows = []
    for path in PYTHON:
        if "views" not in path.relative_to(ROOT).parts:
            continue
        loops = [node for node in ast.walk(ast.parse(path.read_text())) if _is_loop(node)]
        set_on_rows += [
            f"{path.relative_to(ROOT)}:{attribute.lineno} {attribute.attr}"
            for loop in loops
            for attribute in _set_on(loop, _names(loop.target))
            if attribute.attr not in IN_COMMON
        ]
    assert not set_on_rows


def _is_loop(node):
    return isinstance(node, ast.For | ast.AsyncFor)


def _names(target):
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _set_on(loop, names):
    """The attributes that the loop's body sets on these names."""
    for node in ast.walk(loop):
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Store):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in names:
            yield node


# forms that replace nothing which somebody else wrote, and why
REPLACES_NOTHING = {
    "LoginForm": "comes in", "UserForm": "makes", "AddedUserForm": "makes", "TeamForm": "makes",
    "OrganizationForm": "makes", "RegistryForm": "makes",
    "RegistryDeleteForm": "deletes, by the name typed", "CollectionForm": "makes",
    "ServiceAccountForm": "makes", "ApiKeyForm": "makes", "SavedViewForm": "makes",
    "MembershipForm": "only a part of others", "InviteForm": "adds; in is in",
    "WhyForm": "only asks",
    "AccessRequestForm": "adds", "AccessAnswerForm": "what was answered is not answered anew",
    "AddMembersForm": "adds; who is in keeps their role", "TagForm": "adds",
    "AliasesForm": "adds", "LinkForm": "adds",
    "ProtectAliasesForm": "adds", "NoteForm": "adds", "PinAliasesForm": "adds",
    "HoldReasonForm": "places a hold, or lifts one",
    "AliasMoveForm": "says by itself which version had the alias when it was opened",
    "NewPasswordForm": "nobody reads a password", "PasswordForm": "nobody reads a password",
    "ProfileForm": "one's own", "DefaultEntityForm": "one's own", "PreferencesForm": "one's own",
}  # fmt: skip


def _forms():
    def below(kind):
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    get_resolver().url_patterns  # noqa: B018 - imports every view, and with it every form
    ours = ("registry_site.", "artifacts.", "registries.")
    return {form for form in below(Form) if form.__module__.startswith(ours)} - {EditForm}


def test_every_form_that_replaces_shared_text_says_what_it_was_opened_with():
    """Make it an EditForm, give its service `opened` (settle_edit), and tests/test_edits.py a case;
    or say above why nobody's text can be lost."""
    silent = {form.__name__ for form in _forms() if not issubclass(form, EditForm)}
    assert not silent - REPLACES_NOTHING.keys()


def test_every_service_that_replaces_shared_text_for_a_page_can_be_told_what_was_read():
    own = {
        "update_profile",
        "set_preferences",
        "set_default_entity",
        "change_password",
        "update_session_auth_hash",
    }
    deaf = set()
    for path in PYTHON:
        if "views" not in path.relative_to(ROOT).parts:
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in re.findall(r"\b((?:update|set|change|rename|edit)_\w+)\(", path.read_text()):
            service = getattr(module, name, None) or getattr(
                getattr(module, "services", None), name, None
            )
            if service and name not in own and "opened" not in signature(service).parameters:
                deaf.add(f"{path.relative_to(ROOT)}: {name}")
    assert not deaf


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_forms_of_a_table_say_what_they_were_opened_with_too(template):
    """A select or a text that no form class has, in a form that replaces what others set."""
    if name_of(template) in {
        "components/page/rail.html",
        "send_again.html",
        "registries/links/link_version.html",
    }:
        return  # one's own theme; carries what the form itself carried; adds a link
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(), re.S):
        if re.search(r"<(select|textarea)\b|<input type=\"(text|number)\"", form):
            assert "{% opened " in form


def test_only_settings_read_the_environment():
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in PYTHON
        if re.search(r"os\.environ\b(?!\.setdefault)|os\.getenv", path.read_text())
    ]
    assert not readers


def test_views_and_resolvers_decide_nothing_by_role():
    """Rights are asked by action; whoever compares roles has a rule that the table doesn't."""
    doors = [
        path for path in PYTHON if {"views", "graphql", "forms"} & set(path.relative_to(ROOT).parts)
    ]
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in doors
        if re.search(r"(==|!=|\bin\b)\s*\(?\s*Role\.", path.read_text())
    ]
    assert not guilty
