import pytest
from django.urls import reverse

from registry_site.accounts.models import User
from tests import factories
from tests.helpers.htmx import HTMX

NAME = "vision/iris/iris-model"
LINKED = "acme/wandb-registry-model/iris-classifier"


def compare_url(*names, **query):
    return reverse("artifacts:compare", query={"version": names, **query})


@pytest.fixture
def base(version):
    """`vision/iris/iris-model:v0`."""
    return version


@pytest.fixture
def other(sequence, bob):
    """`vision/iris/iris-model:v1`, in production."""
    return factories.make_version(
        sequence, by=bob, files={"a": b"1", "b": b"22345"}, aliases=["production"]
    )


def test_two_versions(client, victor, base, other):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:production"))
    assert response.status_code == 200
    assert response.context["base"].version == base
    assert response.context["other"].version == other
    facts = {fact.label: fact for fact in response.context["facts"]}
    assert facts["Type"].is_same
    assert (facts["Files"].base, facts["Files"].other, facts["Files"].change) == ("1", "2", "+1")
    assert facts["Size"].change == "+3 B"
    assert facts["Aliases"].other == "production"


def test_a_linked_version_with_its_source(client, bob, base, collection):
    factories.make_membership(collection, base)
    client.force_login(bob)
    response = client.get(compare_url(f"{LINKED}:v0", f"{NAME}:v0"))
    assert response.status_code == 200
    assert response.context["base"].collection == collection


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
    assert "facts" not in response.context


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
