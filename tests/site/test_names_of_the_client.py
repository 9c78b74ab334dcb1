"""Our rules for names against the installed SDK's own validators and splitters.

What we take, every reader of the SDK reads back; what the SDK sends and we don't take is refused
with a sentence that says which name it was.
"""

from types import SimpleNamespace
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
import wandb
from django.urls import resolve
from wandb.sdk.artifacts import _validators as client
from wandb.util import alias_is_version_index, parse_artifact_string

from artifacts.services.collections.tags import check_tag_names
from registry_site.accounts import alias_names, names
from registry_site.errors import Invalid

SIGNS = "/\\:#?%&+;,@~'\"<>|*$^`()[]{}=! ._-"
TEXTS = [
    "a", "A", "model", "iris-model", "iris_model.v2", "a b", "0", "1.0", "-", ".", "..", "...", "",
    " ", " a", "a ", "\ta", "a\u00a0", "a\u3000", "a\nb", "a\n", "a\r", "a\x00b", "a\x7f", "a\x85b",
    "a\u200bb", "\ufeffa", "\u202ea", "a\u2028b", "\ud800", "é", "e\u0301", "Å", "\u212b", "한",
    "\u1112\u1161\u11ab", "アヤメ", "が", "か\u3099", "👩\u200d🔬", "ｍｏｄｅｌ", "model²",
    "ß", "İ",
    "%2e", "%2e%2e", "%2F", "a%2fb", "a%00", "a%", "../a", "a/b", "a/b/c", "/a", "a/", "a:b", ":a",
    "a:", "a:b:c", "C:x", "\\a", "a\\b", "a\\..\\b", "~", "~root", "con", "a.", "a" * 113,
    "a" * 114, "a" * 128, "a" * 129, "a" * 5000, "ア" * 79, "ア" * 82, "ア" * 128, "runs", "sweeps",
    "reports", "settings", "latest", "artifacts", "model-registry", "wandb-registry-",
    "wandb-registry-model", "Wandb-Registry-model", "wandb-registry", "None", "null", "v", "v1",
    *(f"a{sign}b" for sign in SIGNS), *(f"{sign}a" for sign in SIGNS), *SIGNS,
]  # fmt: skip
NUMBERS = [
    "v0", "v3", "v01", "v00", "v007", "v20241128123000", "v99999999999999999999", "v１", "v1１",
    "v²", "v½", "v٣", "v৩", "v一", "v〇", "v億", "vⅣ", "v①", "v🄂",
]  # fmt: skip
NO_NUMBERS = [
    "v", "V1", "V01", "v1.0", "v1_0", "v-1", "v+1", "v 1", "v1 ", "v1a", "va1", "vv1", "ver1", "1",
    "v1-rc", "v0x1", "v1\n", " v1", "ｖ1", "v∞", "v1e5",
]  # fmt: skip


def takes(check, *arguments):
    try:
        check(*arguments)
    except (ValueError, wandb.errors.UsageError):
        return False
    return True


def refusal_of(check, name):
    """Our sentence, "" where we take the name."""
    try:
        check(name)
    except Invalid as refusal:
        return refusal.message
    return ""


def taken(check, texts=TEXTS):
    return [text for text in texts if not refusal_of(check, text)]


def alias_in_iris_model(name):
    return names.check_alias_name(name, collection="iris-model")


def folder_of(name):
    return len(client.validate_artifact_root_name(name).encode()) <= 255


def opened(address):
    """What a browser asks for that is given the address, as our addresses take it apart."""
    path = urlsplit(urljoin("http://127.0.0.1:8000/", address)).path
    segments = [part for part in path.split("/") if part.lower().replace("%2e", ".") != "."]
    assert all(part.lower().replace("%2e", ".") != ".." for part in segments)
    return resolve(unquote("/".join(segments))).kwargs


# ------------------------------------------------------------------ version numbers


def test_a_version_number_is_what_the_client_takes_for_one():
    for alias in [*NUMBERS, *NO_NUMBERS, *TEXTS]:
        assert names.is_version_number(alias) == alias_is_version_index(alias)


def test_the_lists_of_numbers_are_what_they_say():
    assert all(map(alias_is_version_index, NUMBERS))
    assert not any(map(alias_is_version_index, NO_NUMBERS))


def test_no_number_is_an_alias():
    for alias in NUMBERS:
        assert alias in refusal_of(names.check_alias_name, alias)


# ------------------------------------------------------------------ what we take, the client reads


def test_aliases():
    for alias in taken(alias_in_iris_model, [*TEXTS, *NO_NUMBERS]):
        assert client.validate_aliases([alias]) == [alias]
        for collection in ("c", "iris-model"):  # of one letter, it could be a drive of Windows
            path = client.ArtifactPath.from_str(f"acme/wandb-registry-model/{collection}:{alias}")
            assert (path.prefix, path.project) == ("acme", "wandb-registry-model")
            assert path.name == f"{collection}:{alias}"
            assert path.name.split(":") == [collection, alias]  # as `wandb artifact get` does
            assert folder_of(path.name)
        page = opened(f"orgs/Acme/registry/model/c/{quote(alias, safe='')}")
        assert page["reference"] == alias


def test_collections():
    for name in taken(names.check_collection_name):
        assert client.validate_artifact_name(name) == name
        for path in (name, f"iris/{name}", f"vision/iris/{name}"):
            for reference in ("", ":v0", ":best"):
                read = client.ArtifactPath.from_str(f"{path}{reference}")
                assert read.name == f"{name}{reference}"
                assert read.to_str() == f"{path}{reference}"
        assert f"{name}:v0".split(":") == [name, "v0"]
        assert folder_of(f"{name}:v4294967295")
        text = f"wandb-artifact://vision/iris/{name}:v0"
        assert parse_artifact_string(text) == (f"vision/iris/{name}:v0", None, False)
        page = opened(f"vision/iris/artifacts/model/{quote(name)}/v0")  # Artifact.url
        assert (page["collection"], page["version"]) == (name, "v0")


def test_a_name_that_an_artifact_may_have_is_taken_or_refused_with_a_sentence():
    assert "iris_model.v2" in taken(names.check_collection_name)
    for name in TEXTS:
        if takes(wandb.Artifact, name, "model"):
            sentence = refusal_of(names.check_collection_name, name)
            assert not sentence or repr(name)[:20] in sentence


@pytest.mark.slow
def test_projects():
    for name in taken(names.check_project_name):
        assert client.validate_project_name(name) == name
        assert wandb.Settings(project=name).project == name
        api = SimpleNamespace(settings={"entity": None, "project": None}, default_entity="alice")
        for path in (f"vision/{name}/r1", f"vision/{name}/runs/r1", f"vision/{name}:r1"):
            assert wandb.Api._parse_path(api, path) == ("vision", name, "r1")
        assert list(wandb.Api._parse_project_path(api, f"vision/{name}")) == ["vision", name]
        assert client.ArtifactPath.from_str(f"vision/{name}/c:v0").project == name
        assert opened(f"vision/{quote(name)}/runs/r1") == {
            "entity": "vision",
            "project": name,
            "run": "r1",
        }


def test_registries():
    for name in taken(names.check_registry_name):
        full = client.REGISTRY_PREFIX + name
        assert client.validate_project_name(full) == full
        assert client.remove_registry_prefix(full) == name
        assert client.ArtifactPath.from_str(f"acme/{full}/c:v0").is_registry_path()
        assert opened(f"orgs/Acme/registry/{quote(name)}?view=membership")["registry"] == name


def test_organizations():
    """Their display name may stand in a path, and the SDK prints it without quoting it."""
    for name in taken(names.check_display_name):
        path = client.ArtifactPath.from_str(f"{name}/wandb-registry-model/c:v0")
        assert (path.prefix, path.name) == (name, "c:v0")
        assert opened(f"orgs/{name}/registry/model")["organization"] == name


def test_entities():
    for name in taken(names.check_entity_name):
        assert client.ArtifactPath.from_str(f"{name}/iris/c:v0").prefix == name
        api = SimpleNamespace(settings={"entity": None, "project": None}, default_entity="alice")
        assert wandb.Api._parse_path(api, f"{name}/iris/r1") == (name, "iris", "r1")
        assert not client.is_artifact_registry_project(name)


def test_types():
    for name in taken(names.check_type_name):
        assert client.validate_artifact_types([name]) == [name]
        page = opened(f"vision/iris/artifacts/{quote(name)}/c/v0")
        assert page["type_name"] == name


def test_tags():
    for name in taken(lambda name: check_tag_names([name])):
        assert client.validate_tags([name]) == [name]


# ------------------------------------------------------------------ what we refuse, and how

REGISTRY = "wandb-registry-%s"
KINDS = [
    (names.check_alias_name, lambda name: client.validate_aliases([name])),
    (names.check_collection_name, client.validate_artifact_name),
    (names.check_project_name, client.validate_project_name),
    (
        names.check_registry_name,
        lambda name: client.validate_project_name(f"wandb-registry-{name}"),
    ),
    (names.check_type_name, lambda name: client.validate_artifact_types([name])),
    (lambda name: check_tag_names([name]), lambda name: client.validate_tags([name])),
]


@pytest.mark.parametrize(("ours", "theirs"), KINDS)
def test_what_the_client_sends_is_refused_with_a_sentence(ours, theirs):
    for name in [*TEXTS, *NUMBERS]:
        if takes(theirs, name) and (sentence := refusal_of(ours, name)):
            assert len(sentence) > 20
            assert sentence.endswith(".")


@pytest.mark.parametrize(("ours", "theirs"), KINDS)
def test_ordinary_names_are_taken(ours, theirs):
    for name in ("a", "model", "iris-model", "0", "a b", "アヤメ", "é"):
        assert takes(theirs, name)
        assert not refusal_of(ours, name)


@pytest.mark.parametrize(
    ("ours", "name"),
    [
        (names.check_alias_name, "."),
        (names.check_alias_name, ".."),
        (names.check_alias_name, "-"),
        (names.check_alias_name, "a\\..\\b"),
        (names.check_alias_name, "e\u0301"),
        (names.check_alias_name, "a" * 129),
        (names.check_collection_name, "\\a"),
        (names.check_collection_name, "ア" * 128),
        (names.check_collection_name, "か\u3099"),
        (names.check_collection_name, "a\u202eb"),
        (names.check_collection_name, "wandb-registry-model"),
        (names.check_project_name, "sweeps"),
        (names.check_project_name, "Sweeps"),
        (names.check_display_name, "Acme: Labs"),
        (names.check_entity_name, "wandb-registry-a"),
    ],
)
def test_what_would_not_come_back(ours, name):
    assert refusal_of(ours, name)


def test_an_alias_fits_a_folder_together_with_its_collection():
    names.check_alias_name("a" * 100, collection="c" * 128)
    with pytest.raises(Invalid, match="255 bytes"):
        names.check_alias_name("a" * 128, collection="c" * 128)


# ------------------------------------------------------------------ protected names


def test_a_protected_name_is_meant_whatever_its_capitals():
    protected = alias_names.AliasNames(["production", "Straße"])
    for name in ("production", "Production", "PRODUCTION", "ｐroduction", "productioN", "STRASSE"):
        assert name in protected
    for unseen in "\ufe0f\u034f\u115f\u3164\u17b4\u180b\U000e0100":
        assert unseen.isprintable(), "no check of names refuses it"
        assert f"produ{unseen}ction" in protected
    assert "prod" not in protected
    assert {"Production", "best"} & protected == {"Production"}
    assert protected & {"Production", "best"} == {"Production"}
    assert {"Best", "best", "Production"} - protected == {"Best", "best"}
    assert protected | {"best"} == {"production", "Straße", "best"}
    assert sorted(protected) == ["Straße", "production"]
    assert not alias_names.AliasNames()


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("prod*", ["prod", "production", "PROD-eu", "ｐrod"], ["pro", "a-prod", "latest"]),
        ("*-gold", ["a-gold", "-gold", "A-GOLD"], ["gold", "a-golden"]),
        ("a*b*c", ["abc", "aXbXc", "abbcc"], ["acb", "ab", "bc"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("*", ["x", "Latest"], ["latest"]),
        ("a.c*", ["a.c", "A.cd"], ["abc"]),
        ("a[bc]*", ["a[bc]"], ["ab"]),
    ],
)
def test_a_pattern_covers_names_by_its_stars_alone(pattern, covered, others):
    protected = alias_names.AliasNames(["best", pattern])
    assert {*covered, *others} & protected == set(covered)
    assert all(protected.pattern_of(name) == pattern for name in covered)
    assert protected
    assert list(protected) == ["best"]
    assert protected.all() == sorted(["best", pattern])


def test_a_pattern_takes_no_time_to_fail():
    protected = alias_names.AliasNames(["*a" * 60 + "b"])
    assert "a" * 128 not in protected


@pytest.mark.parametrize("pattern", ["latest", "LATEST", "a/*", "a:*", " *", "v1", "*" * 129, ""])
def test_a_pattern_is_made_of_what_aliases_have(pattern):
    with pytest.raises(Invalid):
        alias_names.check_alias_pattern(pattern)
