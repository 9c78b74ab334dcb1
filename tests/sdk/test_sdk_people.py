"""People, teams and keys, as `wandb.Api` reads and changes them."""

import pytest

from registry_site.accounts.models import Invitation, User
from registry_site.accounts.services.invitations import accept_invitation, allow_invitation
from registry_site.accounts.services.keys.api_keys import user_of_key
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]


def test_a_team_its_people_and_a_service_account(sdk, alice, bob, charlie, acme):
    told = sdk(
        alice,
        """
api = wandb.Api()
team = api.create_team("nlp")
tell(name=team.name, type=team.entity_type, storage=team.storage_bytes, paid=team.is_paid,
     default=team.default_access, made=[[m.username, m.admin] for m in team.members])
tell(invited=[team.invite("bob"), team.invite("charlie@example.com", admin=True),
              team.invite("dora@example.com")])
tell(refused=[team.invite("bob"), team.invite("dora@example.com"), team.invite("nobody"),
              team.invite("x@"), api.team("vision").invite("alice")])
service = team.create_service_account("CI of nlp")
tell(service=[service.name, service.account_type, service.pending], key=service.api_key)
tell(shown_again=api.team("nlp").members[-1].api_key)
tell(twice=team.create_service_account("CI of nlp"))
tell(members=[[m.name, m.account_type, m.pending, m.admin] for m in api.team("nlp").members])
by_name = {m.name: m for m in api.team("nlp").members}
tell(deleted=[by_name["bob"].delete(), by_name["dora@example.com"].delete(),
              by_name["bob"].delete()])
tell(left=[m.name for m in api.team("nlp").members])
made = api.create_team("speech", admin_username="bob")
tell(speech=[m.username for m in made.members])
""",
    )
    assert told["name"] == "nlp"
    assert (told["type"], told["storage"], told["default"]) == ("team", 0, "PRIVATE")
    assert told["made"] == [["alice", True]]
    assert told["invited"] == [True] * 3
    assert told["refused"] == [False] * 5
    assert told["service"] == ["CI of nlp", "SERVICE", False]
    assert len(told["key"]) == 40
    assert told["shown_again"] is told["twice"] is None
    assert told["members"] == [
        ["alice", "MEMBER", False, True],
        ["bob", "MEMBER", False, False],
        ["charlie@example.com", "MEMBER", True, True],
        ["dora@example.com", "MEMBER", True, False],
        ["CI of nlp", "SERVICE", False, False],
    ]
    assert told["deleted"] == [True] * 3
    assert told["left"] == ["alice", "charlie@example.com", "CI of nlp"]
    assert told["speech"] == ["bob"]
    assert not charlie.organization_members.exists()
    accept_invitation(by=charlie, pk=Invitation.objects.get().pk)
    assert charlie.organization_members.get().organization == acme
    assert charlie.team_members.get().role == "admin"
    service = user_of_key(told["key"])
    worked = sdk(
        service,
        """
api = wandb.Api()
with wandb.init(project="ci") as run:
    run.log({"x": 1})
tell(who=api.viewer.username, entity=api.default_entity, run=run.path)
""",
        key=told["key"],
    )
    assert (worked["who"], worked["entity"]) == (service.username, "nlp")
    assert worked["run"].startswith("nlp/ci/")


def test_the_viewer_and_their_keys(sdk, bob):
    told = sdk(
        bob,
        """
api = wandb.Api()
me = api.viewer
tell(me=[me.username, me.email, me.entity, me.admin], teams=me.teams, keys=len(me.api_keys),
     default=api.default_entity)
key = me.generate_api_key("laptop")
tell(key=key, works=wandb.Api(api_key=key).viewer.username, known=key in me.api_keys)
names = wandb.Api().viewer.api_keys
tell(names=names, hidden=key not in names)
tell(deleted=me.delete_api_key(key), again=me.delete_api_key(key))
tell(left=wandb.Api().viewer.api_keys)
own = api.team("bob")
tell(own=[[m.username, m.account_type] for m in own.members], is_team=own.is_team)
try:
    api.team("nobody")
except KeyError as error:
    tell(missing=str(error))
""",
    )
    assert told["me"] == ["bob", "bob@example.com", "vision", False]
    assert (told["teams"], told["default"]) == (["vision", "bob"], "vision")
    assert len(told["key"]) == 40
    assert (told["works"], told["known"], told["hidden"]) == ("bob", True, True)
    assert any(name.startswith("laptop (…") for name in told["names"])
    assert (told["deleted"], told["again"]) == (True, False)
    assert len(told["left"]) == told["keys"] == 1
    assert user_of_key(told["key"]) is None
    assert (told["own"], told["is_team"]) == ([["bob", "USER"]], False)
    assert told["missing"] == "'members'"


def test_a_server_admin_finds_and_makes_people(sdk, root, bob, vision):
    Invitation.objects.create(team=vision, email="dora@new.example", role="member", is_agreed=True)
    told = sdk(
        root,
        """
api = wandb.Api()
bob = api.user("bob@example.com")
tell(found=[bob.username, api.user("BOB").id == bob.id], nobody=api.user("nobody"),
     several=[u.username for u in api.users("")], teams=bob.teams)
dora = api.create_user("dora@new.example")
again = api.create_user("dora@new.example")
tell(dora=[dora.username, dora.email, dora.admin], again=again.id == dora.id,
     teams_of_dora=api.user("dora").teams)
tell(admin=api.create_user("second@new.example", admin=True).admin)
""",
    )
    assert told["found"] == ["bob", True]
    assert told["nobody"] is None
    assert told["several"] == ["alice", "bob", "charlie", "root", "victor"]
    assert told["teams"] == ["vision", "bob"]
    assert told["dora"] == ["dora", "dora@new.example", False]
    assert (told["again"], told["teams_of_dora"], told["admin"]) == (True, ["dora"], True)
    assert Invitation.objects.answerable_by(User.objects.get(username="dora")).exists()
    assert User.objects.get(username="second").is_admin


def test_refusals_are_sentences_and_quick(sdk, bob, charlie, acme):
    told = sdk(
        bob,
        """
api = wandb.Api()
tell(
    user=refusal(lambda: api.create_user("eve@x.io")),
    invite=api.team("vision").invite("charlie"),
    service=api.team("vision").create_service_account("CI"),
    delete=[m.delete() for m in api.team("vision").members],
    users=[u.username for u in api.users("a")], nobody=api.user("charlie"),
)
""",
    )
    sentence, seconds = told["user"]
    assert "Only an admin of this server can add people" in sentence
    assert seconds < 2
    assert told["invite"] is False
    assert told["service"] is None
    assert told["delete"] == [False] * 3
    assert (told["users"], told["nobody"]) == (["alice"], None)
    assert not charlie.team_members.exists()


def test_a_strangers_team_leaves_ones_runs_where_they_were(sdk, bob, charlie, vision):
    """Bob accepts, and what he logs without naming an entity still goes to his own team."""
    factories.make_organization("Lab", charlie="member")
    invited = sdk(
        charlie,
        """
team = wandb.Api().create_team("strangers")
tell(invited=[team.invite("bob"), team.invite("bob@example.com"), team.invite("bob")],
     members=[[m.username, m.pending] for m in wandb.Api().team("strangers").members])
""",
    )
    assert invited["invited"] == [True, True, False]
    assert invited["members"] == [["charlie", False], ["bob", True], [None, True]]
    log = """
with wandb.init(project="p") as run:
    run.log({"x": 1})
tell(run=run.path, default=wandb.Api().default_entity, teams=wandb.Api().viewer.teams)
"""
    told = sdk(bob, log)
    assert told["run"].startswith("vision/p/")
    assert told["teams"] == ["vision", "bob"]

    root = factories.make_user("eve", is_admin=True)
    allowed = [allow_invitation(by=root, pk=each.pk) for each in Invitation.objects.all()]
    accept_invitation(by=bob, pk=allowed[0].pk)

    assert not Invitation.objects.exists()
    told = sdk(bob, log)
    assert told["run"].startswith("vision/p/")
    assert (told["default"], told["teams"]) == ("vision", ["vision", "strangers", "bob"])
    named = sdk(bob, log.replace('project="p"', 'entity="strangers", project="p"'))
    assert named["run"].startswith("strangers/p/")
