"""A name that is taken by what one may not see is refused like a reserved one, at every door."""

import pytest

from artifacts.services.collections.collections import create_collection
from artifacts.services.collections.links import link_version
from artifacts.services.projects import create_project
from registries.services.registry.creation import create_registry
from registries.services.registry.renaming import rename_registry
from registry_site.accounts.services.people import create_team
from registry_site.accounts.services.profile import sign_up
from registry_site.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.helpers.graphql import Api, sdk_document

REFUSAL = "The name '{}' is reserved or taken; choose another."


@pytest.fixture
def hidden(alice, acme):
    """Alice's registry, of which Bob may not know; he has one of his own."""
    return create_registry(by=alice, organization=acme, name="Payroll", access="restricted")


@pytest.fixture
def own(bob, acme, hidden):
    return create_registry(by=bob, organization=acme, name="own")


def refusal(act):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what is asked
        act()
    return type(raised.value), raised.value.message


@pytest.mark.parametrize("name", ["Payroll", "payroll", "settings"])
def test_a_registrys(bob, acme, own, name):
    bob = factories.fresh(bob)
    said = Invalid, REFUSAL.format(name)
    assert refusal(lambda: create_registry(by=bob, organization=acme, name=name)) == said
    assert refusal(lambda: rename_registry(by=bob, registry=own, name=name)) == said


def test_a_registrys_to_whom_it_is_shown(alice, acme, hidden):
    act = refusal(lambda: create_registry(by=alice, organization=acme, name="payroll"))
    assert act == (Conflict, "Acme already has a registry 'Payroll'; choose another name.")


@pytest.mark.parametrize("name", ["Payroll", "settings"])
def test_a_registrys_over_the_api_and_in_the_browser(client, bob, own, name):
    bob = factories.fresh(bob)
    api, project = Api(client), f"wandb-registry-{name}"
    given = {
        "entityName": "acme",
        "oldProjectName": "wandb-registry-own",
        "newProjectName": project,
    }
    said = 400, REFUSAL.format(name)
    assert api.refused(bob, sdk_document("RenameRegistry"), input=given) == said
    given = {"entityName": "acme", "name": project, "access": "PRIVATE"}
    assert api.refused(bob, sdk_document("UpsertRegistry"), input=given) == said
    client.force_login(bob)
    response = client.post(
        "/orgs/Acme/registry/-/new", {"name": name, "access": "organization", "types": "all"}
    )
    assert response.status_code == 422
    assert "is reserved or taken; choose another." in response.content.decode()


def test_a_teams_and_a_persons(bob, charlie, acme, settings):
    """The names of another organization, its teams and its people."""
    globex = factories.make_organization("Globex", charlie="admin")
    factories.make_team("secret-team", globex)
    for name in ("Secret-Team", "globex", "charlie", "settings"):
        said = Invalid, REFUSAL.format(name)
        assert refusal(lambda n=name: create_team(by=bob, organization=acme, name=n)) == said
    sentence = "The name 'vision' is taken: users, teams and organizations share one list of names."
    seen = refusal(lambda: create_team(by=bob, organization=acme, name="vision"))
    assert seen == (Conflict, sentence)

    settings.SIGNUP = True
    for name in ("secret-team", "charlie", "settings"):
        said = Invalid, REFUSAL.format(name)
        given = {"username": name, "email": "", "password": "correct-horse-9"}
        assert refusal(lambda g=given: sign_up(**g)) == said


@pytest.mark.parametrize("name", ["there", "missing"])
def test_nothing_is_told_of_collections_and_projects_where_one_sees_nothing(
    bob, charlie, version, hidden, name
):
    """Whether the name is taken there or not, the answer is that there is no such place."""
    factories.make_collection(hidden.project, "there")
    factories.make_project(charlie, "there")
    nothing = NotFound, "Not found, or you may not see it."
    by = {"by": factories.fresh(bob), "project": hidden.project}
    assert refusal(lambda: create_collection(**by, name=name, type_name="model")) == nothing
    linking = refusal(lambda: link_version(**by, version=version, collection_name=name))
    assert linking == nothing
    kind, message = refusal(lambda: create_project(by=bob, entity_name="charlie", name=name))
    assert (kind, "There is no entity 'charlie'" in message) == (NotFound, True)
