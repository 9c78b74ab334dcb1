"""Names of hidden things: one for each, for good, and fit for all that a client does with them."""

import re
from pathlib import PurePosixPath

import pytest

from artifacts.services.paths import placeholders
from artifacts.services.paths.placeholders import pk_behind, placeholder_of
from registry_site.accounts import names
from registry_site.errors import Invalid

KINDS = ("entity", "project", "collection", "type")
BIGGEST = 2**63 - 1


@pytest.fixture(autouse=True)
def _read_anew(db):
    placeholders._key.cache_clear()
    yield
    placeholders._key.cache_clear()


def test_each_thing_has_one_of_its_own_and_only_the_server_knows_whose():
    made = {(kind, pk): placeholder_of(kind, pk) for kind in KINDS for pk in (1, 2, 300, BIGGEST)}
    assert len(set(made.values())) == len(made)
    for (kind, pk), name in made.items():
        assert pk_behind(kind, name) == pk
        assert not any(pk_behind(other, name) for other in KINDS if other != kind)


def test_it_outlasts_a_restart_and_another_secret_key(settings):
    before = placeholder_of("collection", 7)
    placeholders._key.cache_clear()
    settings.SECRET_KEY = "another"
    assert placeholder_of("collection", 7) == before


def test_another_server_says_another_name():
    from artifacts.models import PlaceholderKey
    from artifacts.models.paths import new_key

    before = placeholder_of("collection", 7)
    PlaceholderKey.objects.update(value=new_key())
    placeholders._key.cache_clear()
    assert placeholder_of("collection", 7) != before
    assert pk_behind("collection", before) == 0


def test_nobody_makes_one_up():
    name = placeholder_of("collection", 7)
    body = name.removeprefix("hidden-")
    for membership in range(len(body)):
        other = "a" if body[membership] != "a" else "b"
        changed = f"hidden-{body[:membership]}{other}{body[membership + 1 :]}"
        assert pk_behind("collection", changed) == 0
    for text in ("", "hidden", "hidden-", "hidden-" + "a" * 32, body, name.upper(), name + "a"):
        assert pk_behind("collection", text) == 0


def test_it_passes_the_checks_and_splitters_of_the_client():
    from wandb.sdk.artifacts import _validators as client

    entity, project, collection = (placeholder_of(kind, 7) for kind in KINDS[:3])
    assert client.validate_artifact_name(collection) == collection
    assert re.fullmatch(r"[a-zA-Z0-9_\-.]+", collection)  # Artifact.__init__
    assert client.validate_artifact_root_name(f"{collection}:v0") == f"{collection}:v0"
    assert PurePosixPath(f"{collection}:v0").name == f"{collection}:v0"
    assert client.validate_project_name(project) == project
    assert not client.is_artifact_registry_project(project)
    path = client.FullArtifactPath.from_str(f"{entity}/{project}/{collection}:v0")
    assert (path.prefix, path.project, path.name) == (entity, project, f"{collection}:v0")
    assert collection == collection.lower()  # file systems that know no capitals


@pytest.mark.parametrize(
    "check",
    [
        names.check_entity_name,
        names.check_project_name,
        names.check_registry_name,
        names.check_collection_name,
        names.check_display_name,
        names.check_type_name,
    ],
)
def test_nothing_can_be_called_by_one(check):
    name = placeholder_of("collection", 7)
    for taken in (name, name.upper()):
        with pytest.raises(Invalid, match="stands for something that you may not see"):
            check(taken)
    assert check("hidden-model") == "hidden-model"
