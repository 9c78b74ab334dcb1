"""Rows that are filled in are what their templates render, on the pages that have them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from artifacts.models import Version
from registry_site.accounts.services.members import set_organization_member
from registry_site.markup.fill import fill
from registry_site.templatetags import display
from tests import factories

SOURCE = "/vision/iris/artifacts/model/iris-model"
LINKED = "/orgs/Acme/registry/model/iris-classifier"
PORTFOLIO = "/vision/iris/artifacts/model/chosen"
COLUMNS = "?metrics=1&columns=metadata.rows&columns=run.loss&best=metadata.rows:min"
HOSTILE = "<b>&\"' 100 % %s {0} \ue000url\ue000"


@pytest.fixture
def compared(monkeypatch):
    """The templates that were filled in, each of which was compared."""
    templates = set()

    def both(template, texts):
        html = fill(template, texts)
        assert html == render_to_string(template, dict(texts))
        templates.add(template)
        return html

    monkeypatch.setattr(display, "fill", both)
    return templates


@pytest.fixture
def versions(sequence, collection, bob):
    """Versions with and without a run, a person, tags, numbers and aliases."""
    portfolio = factories.make_collection(sequence.project, "chosen", kind="portfolio")
    for number in range(4):
        run = factories.make_run(sequence.project, bob, summary={"loss": 0.5 / (number + 1)})
        run.display_name = f"{HOSTILE}{number}"
        run.save(update_fields=["display_name"])
        version = factories.make_version(
            sequence,
            by=bob if number % 2 else None,
            run=run if number > 1 else None,
            metadata={"rows": 10**number, "loss": None} if number else {},
        )
        Version.objects.filter(pk=version.pk).update(size=10 ** (3 * number))
        for name in ["a tag of many characters", HOSTILE, "c", "d"][:number]:
            version.tags.create(name=name)
        for place in (collection, portfolio):
            aliases = [f"{HOSTILE}{number}", "second", "third", "fourth"] if number == 2 else []
            factories.make_membership(place, version, aliases=aliases)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "ja"])
@pytest.mark.parametrize("name", ["alice", "victor", "newcomer"])
def test_rows_are_as_rendered(client, request, acme, versions, compared, name, language):
    if name == "newcomer":  # who sees the registry, and not where its versions were logged
        user = factories.make_user("newcomer")
        set_organization_member(by=None, organization=acme, user=user, role="member")
    else:
        user = request.getfixturevalue(name)
    user.language = language
    user.save(update_fields=["language"])
    client.force_login(user)
    own = set() if name == "newcomer" else {SOURCE, PORTFOLIO}
    for url in {LINKED, *own}:
        for query in ("", COLUMNS):
            assert client.get(url + query).status_code == 200
    assert len(compared) == (2 if own else 1)


def test_every_template_that_is_filled_in_is_compared_here():
    used = {
        name
        for path in Path(settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% fill "(.*?)"', path.read_text())
    }
    assert used == {
        "artifacts/collection/_version_row.html",
        "registries/collection/_version_row.html",
    }


def test_each_kind_and_language_has_a_form_of_its_own(settings):
    template = "registries/collection/_version_row.html"
    names = re.findall(r"{{ (\w+) }}", (settings.BASE_DIR / "templates" / template).read_text())
    for without in ["", *names]:
        for text in (HOSTILE, mark_safe("<i>%</i>"), 5):
            texts = {name: "" if name == without else text for name in names}
            assert fill(template, texts) == render_to_string(template, texts)
    settings.DEBUG = True
    assert fill(template, texts) == render_to_string(template, texts)
