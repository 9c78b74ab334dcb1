import pytest
from django.urls import reverse

from registries.services.registry.creation import create_core_registries, create_registry
from tests import factories

HOME = reverse("registries:home")
CHOICE = reverse("registries:registry_home")
ACME = reverse("registries:organization_home", args=["Acme"])


def words(response):
    return response.text


# ------------------------------------------------------------------ home


def test_home_shows_teams_registries_and_versions(client, alice, registry, version):
    client.force_login(alice)

    text = client.get(HOME).text
    for href in ("/vision", "/vision/iris", "/orgs/Acme/registry/model"):
        assert f'href="{href}"' in text
    assert "iris-model:v0" in text
    assert "What to do next" not in text


def test_home_hides_what_one_may_not_see(client, charlie, registry, version):
    client.force_login(charlie)

    text = client.get(HOME).text
    assert "vision" not in text
    assert "Acme" not in text
    assert "iris-model" not in text


def test_home_without_organization_says_whom_to_ask(client, charlie):
    client.force_login(charlie)

    text = words(client.get(HOME))
    assert "You are in no organization yet" in text
    assert "<strong>root</strong>" in text
    assert "&quot;charlie&quot;" in text
    assert "wandb login --host=http://testserver" in text


def test_home_without_team_says_whom_to_ask(client, acme, alice):
    factories.make_user("dora")
    dora = factories.User.objects.get(username="dora")
    factories.set_organization_member(by=None, organization=acme, user=dora, role="member")
    client.force_login(dora)

    text = words(client.get(HOME))
    assert "Admins of Acme who can help" not in text
    assert "who can add you to a team: alice" in text
    assert reverse("accounts:team_create") in text


def test_home_of_a_viewer_offers_no_team(client, victor):
    client.force_login(victor)

    text = client.get(HOME).text
    assert "You are in no team yet to which you may log" in text
    assert reverse("accounts:team_create") not in text


def test_home_without_project_shows_the_first_run(client, bob):
    client.force_login(bob)

    text = client.get(HOME).text
    assert "Log a first run" in text
    assert "&quot;vision&quot;" in text


@pytest.mark.slow
def test_a_linked_version_has_one_row_with_its_aliases(client, alice, bob, registry, version):
    collection = factories.make_collection(registry.project, "iris-classifier")
    link = factories.make_membership(collection, version, by=alice, aliases=["production"])
    for number in range(3):
        other = factories.make_collection(registry.project, f"other-{number}")
        factories.make_membership(other, version)
    client.force_login(bob)
    (row,) = client.get(HOME).context["page"].versions
    assert row.source.names.full_name == "vision/iris/iris-model:v0"
    assert (len(row.links), row.more_links) == (2, 2)
    text = words(client.get(HOME))
    assert "and 2 more" in text
    table = text[text.index('id="versions"') :]
    assert table.count('<th scope="row">') == 1
    assert table.count("<span>latest</span>") == 0
    assert table.count('<span class="chip-text">latest</span>') == 3, "at its source and two links"

    newer = factories.make_version(version.sequence, by=alice)
    factories.make_membership(collection, newer, by=alice)
    first, second = client.get(HOME).context["page"].versions
    assert first.source.is_latest
    assert not second.source.is_latest
    names = [str(each) for each in second.memberships]
    assert str(link) in names


def test_home_shows_a_link_whose_source_one_may_not_open(client, acme, bob, registry):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    hidden = factories.make_version(factories.make_collection(secret, "hush"))
    factories.make_membership(factories.make_collection(registry.project, "picked"), hidden)
    client.force_login(bob)
    text = words(client.get(HOME))
    assert "picked:v0" in text
    assert "a project that you cannot open" in text
    assert "hush" not in text


@pytest.mark.slow
def test_home_costs_the_same_for_many(client, alice, acme, project, django_assert_num_queries):
    core, _dataset = create_core_registries(acme)
    collection = factories.make_collection(core.project)

    def link():
        sequence = factories.make_collection(project, f"model-{collection.next_index}")
        version = factories.make_version(sequence, by=alice, aliases=["best"])
        factories.make_membership(collection, version, by=alice, aliases=[f"a{version.pk}"])

    link()
    client.force_login(alice)
    client.get(HOME)
    with django_assert_num_queries(19) as few:
        client.get(HOME)
    for number in range(20):
        link()
        create_registry(by=None, organization=acme, name=f"r{number}", accepted_types=["model"])
        factories.make_team(f"team-{number}", acme, alice="member")
    with django_assert_num_queries(len(few)):
        client.get(HOME)


# ------------------------------------------------------------------ Registry home


def test_registry_home_of_one_organization_goes_there(client, bob):
    client.force_login(bob)

    assert client.get(CHOICE)["Location"] == ACME


def test_registry_home_of_several_is_a_choice(client, bob):
    factories.make_organization("Other Lab", bob="viewer")
    client.force_login(bob)

    text = client.get(CHOICE).text
    assert f'href="{ACME}"' in text
    assert 'href="/orgs/Other%20Lab/registry/"' in text


def test_registry_home_of_a_guest_is_a_choice(client, bob, acme):
    other = factories.make_organization("Other")
    other.members.create(user=bob, role="viewer", is_guest=True)
    client.force_login(bob)

    assert "Other" in client.get(CHOICE).text
    acme.members.filter(user=bob).delete()
    assert client.get(CHOICE)["Location"] == "/orgs/Other/registry/"


def test_registry_home_of_a_server_admin_is_where_they_belong(client, root, acme):
    factories.make_organization("Other Lab", root="viewer")
    client.force_login(root)

    assert client.get(CHOICE)["Location"] == "/orgs/Other%20Lab/registry/"


def test_registry_home_of_none_says_what_to_do(client, charlie):
    client.force_login(charlie)

    assert "you are in none" in client.get(CHOICE).text


def test_organization_home_shows_core_and_custom_cards(client, bob, acme, version):
    core, _dataset = create_core_registries(acme)
    factories.make_membership(factories.make_collection(core.project, "iris"), version)
    factories.make_collection(core.project, "empty")
    create_registry(by=bob, organization=acme, name="Fraud", access="restricted")
    client.force_login(bob)

    text = words(client.get(ACME))
    assert text.index("Core registry") < text.index(">model</a>") < text.index(">dataset</a>")
    assert text.index("Custom registry") < text.index(">Fraud</a>")
    assert "2 collections" in text
    assert "1 version<" in text
    assert "Restricted" in text
    assert "All types" in text


def test_organization_home_hides_restricted_registries(client, alice, bob, acme):
    create_registry(by=alice, organization=acme, name="secret", access="restricted")
    client.force_login(bob)

    assert "secret" not in client.get(ACME).text


@pytest.mark.parametrize("name", ["acme", "ACME"])
def test_organization_home_redirects_to_the_display_name(client, bob, name):
    client.force_login(bob)

    response = client.get(f"/orgs/{name}/registry/?after=x")
    assert response["Location"] == f"{ACME}?after=x"


def test_organization_home_offers_creation_to_those_who_may(client, bob, victor):
    new = reverse("registries:registry_create", args=["Acme"])
    client.force_login(bob)
    assert new in client.get(ACME).text
    client.force_login(victor)
    assert new not in client.get(ACME).text


@pytest.mark.slow
def test_organization_home_pages_by_key(client, bob, acme):
    for number in range(65):
        create_registry(by=None, organization=acme, name=f"r{number:02d}")
    client.force_login(bob)

    first = client.get(ACME)
    second = client.get(ACME + first.context["page"].pages["next_url"])
    assert len(first.context["page"].custom) == 60
    assert [row.name for row in second.context["page"].custom] == [f"r{n}" for n in range(60, 65)]


@pytest.mark.slow
def test_organization_home_costs_the_same_for_many(client, bob, acme, django_assert_num_queries):
    create_registry(by=None, organization=acme, name="first", accepted_types=["model"])
    client.force_login(bob)
    client.get(ACME)
    with django_assert_num_queries(6) as few:
        client.get(ACME)
    for number in range(20):
        name = f"r{number}"
        made = create_registry(by=None, organization=acme, name=name, accepted_types=["a", "b"])
        factories.make_collection(made.project)
    with django_assert_num_queries(len(few)):
        client.get(ACME)


@pytest.mark.parametrize("page", ["", "-/new", "-/search?q=x"])
def test_organization_is_not_found_by_strangers(client, charlie, page):
    client.force_login(charlie)

    assert client.get(ACME + page).status_code == 404
    assert client.get(f"/orgs/nothing/registry/{page}").status_code == 404


@pytest.mark.parametrize("url", [HOME, CHOICE, ACME, ACME + "-/new", ACME + "-/search"])
def test_registries_anonymous_and_wrong_method(client, bob, url):
    assert client.get(url)["Location"].startswith("/login")
    client.force_login(bob)
    assert client.put(url).status_code == 405
