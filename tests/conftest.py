"""The cast: Alice owns, Bob is a member, Victor only views, Charlie is a stranger, Root runs it."""

import gc
import os
from itertools import count

import pytest
from django.db.models.signals import post_migrate
from django.middleware import csrf
from django.test import override_settings
from django.utils import translation

from artifacts.services.paths import former_uses
from artifacts.services.usage import last_references as reached
from artifacts.services.usage import usage
from tests import factories
from tests.helpers import order
from tests.helpers.addresses import Addresses
from tests.helpers.html import PageClient
from tests.helpers.made_once import made_once
from tests.helpers.rows import find
from tests.helpers.slow import pytest_runtest_call, pytest_terminal_summary  # noqa: F401 - hooks

_folders = count(1)


def pytest_configure(config):
    config.pluginmanager.register(Addresses())
    config.pluginmanager.register(order)


@pytest.fixture
def client():
    """A browser without scripts, whose pages are searched whatever their white space."""
    return PageClient()


@pytest.fixture(scope="session", autouse=True)
def _cheap_settings():
    """Static files are served as they lie there, and hashes of passwords are worth nothing."""
    from django.conf import settings

    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=None,  # WhiteNoise would warn of a missing folder
        STORAGES={**settings.STORAGES, "staticfiles": files},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut():
    """Files of tests outlive no power cut: writing them out took half the time of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _tokens_without_words():
    """Chance writes no "evil" and no "99" into a page that is searched for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csrf, "CSRF_ALLOWED_CHARS", "BCDFGHJKLMNPQRSTVWXZ")
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """A SQLite file as in earnest (the one in memory locks whole tables between threads), and
    one of this session's own: two sessions side by side would destroy each other's."""
    from django.db import connection

    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """After a test that commits, rows are deleted. Truncating all tables takes PostgreSQL ten
    times as long, and nobody needs Django's permissions again."""
    from django.db import connection

    post_migrate.receivers.clear()
    connection.ops.sql_flush = lambda _style, tables, **_options: [
        f'DELETE FROM "{table}"' for table in tables
    ]


@pytest.fixture
def tmp_path(tmp_path_factory):
    """A folder with a number. To give it a name, pytest looks through all folders before it."""
    folder = tmp_path_factory.getbasetemp() / f"test-{next(_folders)}"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    """Each test has its own files, and English, whatever the last one spoke."""
    translation.activate("en")
    for remembered in (usage._noted, usage._waiting, reached._memory, former_uses._noted):
        remembered.clear()  # rows of the last test had the same keys
    settings.STORAGE_FOLDER = tmp_path / "files"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def cast(db):
    """Everybody, with the organization Acme, its team `vision`, and Charlie outside of it."""
    make_cast()


@made_once
def make_cast():
    for username in ("alice", "bob", "victor", "charlie"):
        factories.make_user(username, email=f"{username}@example.com", password="correct-horse")
    factories.make_user("root", email="root@example.com", password="correct-horse", is_admin=True)
    acme = factories.make_organization("Acme", alice="admin", bob="member", victor="viewer")
    factories.make_team("vision", acme, alice="admin", bob="member", victor="viewer")


def _person(username):
    @pytest.fixture(name=username)
    def person(cast):
        from registry_site.accounts.models import User

        return find(User, username=username)

    return person


alice, bob, victor, charlie, root = map(_person, ["alice", "bob", "victor", "charlie", "root"])


@pytest.fixture
def acme(cast):
    return find(factories.Organization, name="Acme")


@pytest.fixture
def vision(cast):
    return factories.Team.objects.get(entity__name="vision")


@pytest.fixture
def project(vision):
    """The team's project, `vision/iris`."""
    return factories.make_project(vision)


@pytest.fixture
def sequence(project):
    """`vision/iris/iris-model`, where versions are logged."""
    return factories.make_collection(project)


@pytest.fixture
def version(sequence, alice):
    """`vision/iris/iris-model:v0`, with one file."""
    return factories.make_version(sequence, by=alice)


@pytest.fixture
def registry(acme):
    """The project of Acme's core registry `model`, which accepts models, with its row."""
    from registries.models import Registry

    project = factories.make_registry_project(acme, types=["model"], protected=["production"])
    return Registry.objects.create(organization=acme, project=project, name="model", is_core=True)


@pytest.fixture
def letting_go(registry):
    """The registry `model`, where its admins let go of what is linked: sources can be deleted."""
    registry.project.keeps_linked = False
    registry.project.save(update_fields=["keeps_linked"])
    return registry


@pytest.fixture
def collection(registry):
    """An empty collection in the registry `model`."""
    return factories.make_collection(registry.project, "iris-classifier")


# operations, the API, races, and what the SDK lists, searches and reads back
ON_POSTGRES = [
    "/graphql/", "/test_sdk_lists.py", "/test_sdk_runs.py", "/test_sdk_run_ends.py",
    "/test_sdk_walk.py", "/test_filters.py", "/test_filters_one_by_one.py",
    "/test_services_", "/test_permissions.py", "/test_views_exports.py", "/test_table_text.py",
    "/test_views_overview.py",
]  # fmt: skip
# What of it reaches no database, or asks again who may what, by the reads that operations make.
ALIKE_ON_BOTH = [
    "/executor/test_documents.py", "/executor/test_features.py", "/executor/test_layout.py",
    "/executor/test_installed_documents.py", "/executor/test_old_releases.py",
    "/executor/test_protocol.py", "/graphql/rights/", "::test_other_peoples_ids",
    "::test_each_answer_is_what_the_operation_does",
]  # fmt: skip


def pytest_ignore_collect(collection_path, config):
    """Leave files of which nothing runs on PostgreSQL out of that run: it begins 4 s earlier."""
    place = collection_path.as_posix()
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if config.option.markexpr != "on_postgres" or not is_test:
        return None
    may_run = any(part in place for part in ON_POSTGRES)
    return None if may_run or "on_postgres" in collection_path.read_text() else True


def pytest_collection_modifyitems(items):
    """Mark what drives Chromium or the SDK, and what runs again on PostgreSQL."""
    for item in items:
        for fixture, mark in (("open_page", "browser"), ("sdk", "sdk")):
            if fixture in item.fixturenames:
                item.add_marker(mark)
                item.add_marker("slow")
        place = f"{item.path.as_posix()}::{item.name}"
        is_alike = any(part in place for part in ALIKE_ON_BOTH)
        if not is_alike and any(part in place for part in ON_POSTGRES):
            item.add_marker("on_postgres")


def pytest_collection_finish():
    """Leave modules and tests, which stay to the end, out of each collection of garbage.

    Most tests end before there is enough of it: looking for it took 4 % of the time, and takes 2 %.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
