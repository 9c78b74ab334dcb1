from urllib.parse import urlencode

import pytest
from django.urls import reverse

from registry_site.accounts.models import User
from tests import factories
from tests.helpers.htmx import HTMX
from tests.helpers.queries import count_queries

NAME = "vision/iris/iris-model"
LINKED = "acme/wandb-registry-model/iris-classifier"


def compare_url(*names):
    query = urlencode([("version", name) for name in names], safe="/:")
    return f"{reverse('artifacts:compare')}?{query}"


def test_two_versions(client, victor, base, other):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:production"))
    assert response.status_code == 200
    assert response.context["base"].index == base.version_index
    assert response.context["other"].index == other.version_index
    assert "vision/iris/iris-model:v1" in response.content.decode()
    facts = {fact.label: fact for fact in response.context["values"].facts}
    assert facts["Type"].is_same
    assert (facts["Files"].base, facts["Files"].other, facts["Files"].change) == ("1", "2", "+1")
    assert facts["Size"].change == f"+{other.size - base.size} B"
    assert facts["Aliases"].other == "production"
    assert response.context["choice"].swap_url == compare_url(f"{NAME}:production", f"{NAME}:v0")


def test_a_linked_version_with_its_source(client, bob, base, collection):
    factories.make_membership(collection, base)
    client.force_login(bob)
    response = client.get(compare_url(f"{LINKED}:v0", f"{NAME}:v0"))
    assert response.status_code == 200
    assert response.context["base"].collection.path == collection.target_path


@pytest.mark.parametrize(
    ("names", "status", "sentence"),
    [
        ([], 200, ""),
        ([f"{NAME}:v0"], 200, ""),
        ([f"{NAME}:v0", ""], 200, ""),
        (["", f"{NAME}:v0"], 200, ""),
        ([f"{NAME}:v0", "iris-model:v1"], 400, "is no full name of a version"),
        ([f"{NAME}:v0", NAME], 400, "is no full name of a version"),
        ([f"{NAME}:v0", f"{NAME}:"], 400, "is no full name of a version"),
        ([f"{NAME}:v0", "/".join("abcd") + ":v0"], 400, "is no full name of a version"),
        ([f"{NAME}:v0"] * 3, 400, "Two versions can be compared, and 3 were chosen."),
        ([f"{NAME}:v0", f"{NAME}:v9"], 404, f"There is no version “{NAME}:v9”"),
        ([f"{NAME}:v0", f"{NAME}:v9999999999"], 404, "There is no version"),
        (["nobody/iris/iris-model:v0", f"{NAME}:v0"], 404, "There is no version"),
    ],
)
def test_choosing(client, victor, base, names, status, sentence):
    client.force_login(victor)
    response = client.get(compare_url(*names))
    text = response.content.decode()
    assert response.status_code == status
    assert sentence in text
    assert 'name="version"' in text
    assert f'value="{NAME}:v0"' in text  # suggested, or chosen already
    assert "values" not in response.context


@pytest.mark.slow
def test_who_may_compare(client, charlie, bob, base):
    hidden = factories.make_version(
        factories.make_collection(factories.make_project(bob, "scratch"), "petals")
    )
    assert hidden.sequence.project.entity.name == "bob"
    url = compare_url(f"{NAME}:v0", "bob/scratch/petals:v0")
    assert client.get(url)["Location"].startswith("/login?next=")
    for person, status in (("bob", 200), ("alice", 404), ("victor", 404), ("charlie", 404)):
        client.force_login(User.objects.get(username=person))
        assert client.get(url).status_code == status
        swapped = compare_url("bob/scratch/petals:v0", f"{NAME}:v0")
        assert client.get(swapped, headers=HTMX).status_code == status
    assert client.post(url).status_code == 405
    assert "petals" not in client.get(reverse("artifacts:compare")).content.decode()


@pytest.mark.slow
def test_versions_to_choose_from(client, victor, base, other, sequence):
    def choices(*names):
        response = client.get(compare_url(*names))
        return [row.url for row in response.context["choice"].rows]

    client.force_login(victor)
    assert choices() == [compare_url(f"{NAME}:v1"), compare_url(f"{NAME}:v0")]
    assert choices(f"{NAME}:v0") == [compare_url(f"{NAME}:v0", f"{NAME}:v1")]
    assert choices("", f"{NAME}:v0") == [compare_url(f"{NAME}:v1", f"{NAME}:v0")]
    text = client.get(compare_url(f"{NAME}:v0")).content.decode()
    assert f'<option value="{NAME}:production">' in text
    few = count_queries(client, compare_url(f"{NAME}:v0"))
    for _version in range(20):
        factories.make_version(sequence, files={})
    assert count_queries(client, compare_url(f"{NAME}:v0")) == few


def ways_in(client, url):
    comparisons = client.get(url).context["page"].comparisons
    first = comparisons.first
    return first and (first.label, first.url), [(item.label, item.url) for item in comparisons.menu]


def test_ways_in_from_a_version(client, victor, base, other, sequence):
    client.force_login(victor)
    memberships = [membership.full_name for membership in sequence.memberships.order_by("index")]
    page = "/vision/iris/artifacts/model/iris-model"
    assert ways_in(client, f"{page}/v0") == (
        ("Compare with production", compare_url(f"{NAME}:production", memberships[0])),
        [
            ("Compare with latest", compare_url(memberships[0], f"{NAME}:latest")),
            ("Compare with another version", compare_url(memberships[0])),
        ],
    )
    assert ways_in(client, f"{page}/v1") == (
        None,
        [
            ("Compare with the previous version, v0", compare_url(*memberships)),
            ("Compare with another version", compare_url(memberships[1])),
        ],
    )
    assert "Compare with production" in client.get(f"{page}/v0").content.decode()


@pytest.mark.slow
def test_ways_in_from_a_registry(client, bob, base, other, collection, registry):
    registry.project.protected_aliases.create(name="audited")
    memberships = [factories.make_membership(collection, version) for version in (base, other)]
    for name in ("audited", "mine"):
        memberships[0].aliases.create(collection=collection, name=name)
    client.force_login(bob)
    first, menu = ways_in(client, memberships[1].get_absolute_url())
    assert first == ("Compare with audited", compare_url(f"{LINKED}:audited", f"{LINKED}:v1"))
    memberships[0].aliases.create(collection=collection, name="production")
    first, menu = ways_in(client, memberships[1].get_absolute_url())
    assert first[0] == "Compare with production"
    assert [label for label, _url in menu] == [
        "Compare with audited",
        "Compare with the previous version, v0",
        "Compare with another version",
    ]
    for _label, url in [first, *menu]:
        assert client.get(url).status_code == 200


def test_the_last_of_the_ticked_versions_is_the_base(client, bob):
    """A table of versions begins with the newest, and the older one is compared with it."""
    client.force_login(bob)
    response = client.get("/-/compare", {"version": ["a/b/c:v2", "a/b/c:v1"], "base": "last"})
    assert response.url == "/-/compare?version=a/b/c:v1&version=a/b/c:v2"
