import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from registries.models import Registry
from registries.services.organizations.provision import provision
from registry_site.accounts.models import (
    ApiKey,
    Entity,
    Event,
    Invitation,
    Organization,
    Team,
    User,
)
from registry_site.accounts.services.keys.api_keys import user_of_key
from registry_site.errors import Invalid
from tests import factories

KEY = "local-" + "0123456789" * 4
DOCUMENT = {
    "users": [
        {
            "username": "ana",
            "email": "ana@example.com",
            "password": "pw",
            "admin": True,
            "api_keys": [KEY, {"name": "CI", "key": "x" * 40}],
        },
        {"username": "ben"},
        {"username": "eve"},
    ],
    "organizations": [
        {
            "name": "Flower Lab",
            "entity": "flowers",
            "members": [
                {"username": "ana", "role": "admin"},
                {"username": "ben", "role": "viewer"},
            ],
        }
    ],
    "teams": [
        {
            "name": "petals",
            "organization": "Flower Lab",
            "members": [{"username": "ANA", "role": "admin"}, {"username": "eve"}],
        }
    ],
}


def statuses(result):
    return {
        row.get("username") or row["name"]: row["status"]
        for rows in result.values()
        for row in rows
    }


def test_provision_makes_everything(db):
    result = provision(DOCUMENT)

    ana = User.objects.get(username="ana")
    assert user_of_key(KEY) == ana
    assert ana.is_admin
    assert ana.check_password("pw")
    assert not User.objects.get(username="ben").has_usable_password()
    organization = Organization.objects.get(name="Flower Lab")
    assert organization.entity.name == "flowers"
    assert dict(organization.members.values_list("user__username", "role")) == {
        "ana": "admin",
        "ben": "viewer",
        "eve": "member",
    }
    assert Registry.objects.filter(is_core=True).count() == 2
    assert Team.objects.get().members.count() == 2
    assert set(statuses(result).values()) == {"created"}


def test_provision_answer_names_things_but_no_secrets(db):
    result = provision(DOCUMENT)

    organization = result["organizations"][0]
    assert organization["entity"] == "flowers"
    assert organization["registries"] == ["dataset", "model"]
    assert organization["id"] == Organization.objects.get().pk
    assert result["users"][0]["id"] == User.objects.get(username="ana").pk
    assert result["teams"][0]["organization"] == "Flower Lab"
    text = json.dumps(result)
    assert "0123456789" not in text
    assert "pw" not in text


def test_provision_again_changes_nothing(db):
    first = provision(DOCUMENT)
    events, hashes = Event.objects.count(), list(User.objects.values_list("password"))

    again = provision(DOCUMENT)

    assert set(statuses(again).values()) == {"unchanged"}
    assert (Event.objects.count(), list(User.objects.values_list("password"))) == (events, hashes)
    assert [row["id"] for row in again["users"]] == [row["id"] for row in first["users"]]


def test_provision_updates_what_is_given_only(db):
    provision(DOCUMENT)

    result = provision(
        {
            "users": [{"username": "Ana", "email": "new@example.com", "admin": False}],
            "organizations": [
                {"name": "flower lab", "members": [{"username": "ben", "role": "member"}]}
            ],
            "teams": [{"name": "petals", "members": [{"username": "eve", "role": "viewer"}]}],
        }
    )

    assert statuses(result) == {"ana": "updated", "Flower Lab": "updated", "petals": "updated"}
    ana = User.objects.get(username="ana")
    assert (ana.email, ana.is_admin, ana.check_password("pw")) == ("new@example.com", False, True)
    assert user_of_key(KEY) == ana
    organization = Organization.objects.get()
    assert organization.members.get(user__username="ben").role == "member"
    assert organization.members.get(user=ana).role == "admin"
    assert Team.objects.get().members.get(user__username="eve").role == "viewer"


def test_provision_lets_in_whose_address_was_invited(db):
    provision(DOCUMENT)
    team = Team.objects.get()
    Invitation.objects.create(team=team, email="Dora@example.com", role="viewer")
    document = {"users": [{"username": "dora", "email": "dora@example.com"}]}

    provision(document)

    assert not team.members.filter(user__username="dora").exists()
    name = team.organization.name
    document["organizations"] = [{"name": name, "members": [{"username": "dora"}]}]
    provision(document)
    assert team.members.get(user__username="dora").role == "viewer"
    assert statuses(provision(document)) == {"dora": "unchanged", name: "unchanged"}


def test_provision_without_core_registries_now(db):
    document = {"organizations": [{"name": "Bare", "core_registries": False}]}

    assert provision(document)["organizations"][0]["registries"] == []
    assert statuses(provision(document)) == {"Bare": "unchanged"}
    later = provision({"organizations": [{"name": "Bare"}]})["organizations"][0]
    assert (later["status"], later["registries"]) == ("updated", ["dataset", "model"])


def test_provision_needs_only_names(db):
    result = provision(
        {
            "users": [{"username": "ana", "email": None, "api_keys": None}],
            "organizations": [{"name": "Bare", "members": [{"username": "ana"}]}],
            "teams": [{"name": "only"}],
        }
    )

    assert result["organizations"][0]["entity"] == "bare"
    assert result["organizations"][0]["members"][0]["role"] == "member"
    assert result["teams"][0]["organization"] == "Bare"
    assert provision({}) == {"users": [], "organizations": [], "teams": []}


def test_provision_adds_keys_and_takes_none_away(db):
    provision(DOCUMENT)

    result = provision({"users": [{"username": "ana", "api_keys": ["second-" + "k" * 40]}]})

    assert statuses(result) == {"ana": "updated"}
    assert ApiKey.objects.count() == 3


def _with(path, value):
    """The document with one place of it changed."""
    document = json.loads(json.dumps(DOCUMENT))
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "the document: give an object, not a list."),
        ({"people": []}, "people: unknown key; the document takes users, organizations, teams."),
        (_with(["users"], {}), "users: give a list, not an object."),
        (_with(["users", 0], "ana"), "users[0]: give an object, not text."),
        (_with(["users", 1, "username"], None), "users[1].username: missing."),
        (_with(["users", 1, "username"], 7), "users[1].username: give text, not a number."),
        (
            _with(["users", 1, "username"], "Ana"),
            "users[1].username: 'Ana' is in users[0]",
        ),
        (_with(["users", 1, "username"], "a b"), "users[1].username: The name 'a b' is not"),
        (
            _with(["users", 1, "emial"], "x"),
            "users[1].emial: unknown key; users[1] takes",
        ),
        (_with(["users", 0, "email"], "x"), "users[0].email: 'x' is not an e-mail address."),
        (_with(["users", 0, "password"], ""), "users[0].password: give text of 1 or more"),
        (_with(["users", 0, "password"], "\ud800"), "users[0].password: leave out NUL and halves"),
        (_with(["users", 0, "admin"], "yes"), "users[0].admin: give true or false, not text."),
        (
            _with(["users", 0, "api_keys"], [KEY, "short"]),
            "users[0].api_keys[1]: An API key has",
        ),
        (_with(["users", 0, "api_keys"], [{"name": "x"}]), "users[0].api_keys[0].key: missing."),
        (_with(["users", 1, "api_keys"], [KEY]), "users[1].api_keys[0]: This API key belongs to"),
        (
            _with(["organizations", 0, "name"], "a/b"),
            "organizations[0].name: The name 'a/b'",
        ),
        (_with(["organizations", 0, "entity"], "ana"), "organizations[0].name: The name 'ana' is"),
        (
            _with(["organizations", 0, "members", 1, "role"], "boss"),
            "organizations[0].members[1].role: 'boss' is no role; give admin, member or viewer.",
        ),
        (
            _with(["organizations", 0, "members", 1, "role"], ["admin"]),
            "organizations[0].members[1].role: ['admin'] is no role;",
        ),
        (
            _with(["organizations", 0, "members", 0, "username"], "nobody"),
            "organizations[0].members[0].username: There is no person 'nobody' here.",
        ),
        (_with(["teams", 0, "organization"], "Mars"), "teams[0].organization: there is no organ"),
        (_with(["teams", 0, "name"], "ben"), "teams[0].name: The name 'ben' is taken"),
        (_with(["teams", 0, "members", 0, "username"], ""), "teams[0].members[0].username: give"),
    ],
)
def test_provision_refuses_in_one_sentence_and_changes_nothing(db, document, sentence):
    with pytest.raises(Invalid) as refusal:
        provision(document)

    assert refusal.value.message.startswith(sentence)
    assert "\n" not in refusal.value.message
    assert not Entity.objects.exists()
    assert not ApiKey.objects.exists()


def test_provision_can_not_move_what_exists(db):
    provision(DOCUMENT)
    factories.make_organization("Other")

    for document, sentence in [
        (_with(["organizations", 0, "entity"], "blossoms"), "organizations[0].entity: the entity"),
        (_with(["teams", 0, "organization"], "Other"), "teams[0].organization: the team belongs"),
        ({"teams": [{"name": "new"}]}, "teams[0].organization: missing: there are several"),
    ]:
        with pytest.raises(Invalid) as refusal:
            provision(document)
        assert refusal.value.message.startswith(sentence)


# ------------------------------------------------------------------ the command


def run(*arguments, stdin=None, monkeypatch=None):
    if stdin is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    out = io.StringIO()
    call_command("provision", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_command_reads_a_file(db, tmp_path):
    path = tmp_path / "people.json"
    path.write_text(json.dumps(DOCUMENT))

    assert statuses(run(str(path)))["ana"] == "created"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_command_reads_standard_input(db, monkeypatch, arguments):
    result = run(*arguments, stdin=b'{"users":[{"username":"ana"}]}', monkeypatch=monkeypatch)

    assert statuses(result) == {"ana": "created"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "The document is no JSON"),
        (b"\xff\xfe\xff", "The document is no JSON"),
        (b"[" * 100_000, "The document is no JSON"),
        (b'{"users":[{}]}', r"users\[0\].username: missing"),
    ],
)
def test_command_refuses_in_one_sentence(db, tmp_path, content, sentence):
    path = tmp_path / "people.json"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=sentence) as refusal:
        run(str(path))
    assert "\n" not in str(refusal.value)


def test_command_names_a_file_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match=r"nothing.json can't be read: No such file"):
        run(str(tmp_path / "nothing.json"))
