"""The Japanese catalogue is whole, and people get it by their browser or by their own setting."""

import ast
import datetime as dt
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from registry_site.markup.moments import relative

CATALOGUE = Path(settings.LOCALE_PATHS[0], "ja", "LC_MESSAGES", "django.po")
TEXTS = re.compile(r'^(\w+)(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.M)
KEPT = re.compile(r"{\w*(?:![rs])?}|%\(\w+\)[a-z]|%%\w|</?\w+[^>]*>|`[^`]*`")
CREATE = {"en": "Create registry", "ja": "レジストリを作成"}


def read_catalogue():
    """Each message as a dict: msgctxt, msgid, msgid_plural, msgstr; and its flags."""
    for block in CATALOGUE.read_text().split("\n\n")[1:]:  # the first one is the header
        entry = {
            keyword: "".join(ast.literal_eval(line) for line in lines.splitlines())
            for keyword, lines in TEXTS.findall(block)
        }
        yield entry | {"flags": re.findall(r"^#, (.*)$", block, re.M)}


MESSAGES = list(read_catalogue())


def test_every_message_is_translated_and_none_is_a_guess():
    assert len(MESSAGES) > 600
    assert not [entry["msgid"] for entry in MESSAGES if not entry["msgstr"].strip()]
    assert not [entry["msgid"] for entry in MESSAGES if any("fuzzy" in f for f in entry["flags"])]


def test_translations_keep_placeholders_markup_and_code():
    for entry in MESSAGES:
        source = entry.get("msgid_plural", entry["msgid"])
        assert sorted(KEPT.findall(entry["msgstr"])) == sorted(KEPT.findall(source)), entry


def test_catalogue_is_compiled():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in MESSAGES:
        if "msgid_plural" in entry:
            text = compiled.ngettext(entry["msgid"], entry["msgid_plural"], 2)
        elif "msgctxt" in entry:
            text = compiled.pgettext(entry["msgctxt"], entry["msgid"])
        else:
            text = compiled.gettext(entry["msgid"])
        assert text == entry["msgstr"]


@pytest.mark.parametrize(
    ("asked", "language", "words"), [("ja,en;q=0.5", "ja", "ログイン"), ("fr", "en", "Log in")]
)
def test_login_speaks_the_language_of_the_browser(client, db, asked, language, words):
    response = client.get(reverse("accounts:login"), headers={"Accept-Language": asked})

    assert f'lang="{language}"' in response.text
    assert words in response.text
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(("language", "asked"), [("ja", "en"), ("en", "ja")])
def test_registry_home_prefers_the_persons_own_language(client, alice, registry, language, asked):
    alice.language = language
    alice.save(update_fields=["language"])
    client.force_login(alice)

    response = client.get(
        reverse("registries:organization_home", args=["Acme"]), headers={"Accept-Language": asked}
    )

    assert f'lang="{language}"' in response.text
    assert CREATE[language] in response.text
    assert CREATE[asked] not in response.text


def test_refusal_in_japanese_names_rule_and_next_step(client, victor, registry):
    client.force_login(victor)

    response = client.get(
        reverse("registries:registry_create", args=["Acme"]), headers={"Accept-Language": "ja"}
    )

    assert response.status_code == 403
    assert "「メンバー」以上のロールが必要です。現在のロールは「閲覧者」です。" in response.text


def test_not_found_in_japanese(client, alice):
    client.force_login(alice)

    response = client.get("/nobody/nothing", headers={"Accept-Language": "ja"})

    assert response.status_code == 404
    assert "見つかりません" in response.text


def test_form_errors_of_django_in_japanese(client, alice):
    client.force_login(alice)

    response = client.post(
        reverse("registries:registry_create", args=["Acme"]), {}, headers={"Accept-Language": "ja"}
    )

    assert response.status_code == 422
    assert "このフィールドは必須です。" in response.text


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (dt.timedelta(seconds=3), "たった今"),
        (dt.timedelta(minutes=5), "5分前"),
        (dt.timedelta(hours=2), "2時間前"),
        (dt.timedelta(days=3), "3日前"),
        (dt.timedelta(days=100), "3か月前"),
        (dt.timedelta(days=800), "2年前"),
        (dt.timedelta(days=-7), "7日後"),
    ],
)
def test_times_in_japanese(gone, words):
    now = timezone.now()
    with translation.override("ja"):
        assert relative(now - gone, now) == words
