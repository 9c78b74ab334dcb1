import pytest

from artifacts.views.opened_version import OpenedVersion


@pytest.mark.parametrize(
    ("reference", "alias"), [("v0", ""), ("v12", ""), ("latest", "latest"), ("v01", "v01")]
)
def test_a_version_is_opened_under_an_alias_or_its_number(version, reference, alias):
    opened = OpenedVersion.at(version.memberships.get(), reference)
    assert opened.alias == alias
    assert opened.name == (alias or "v0")


@pytest.mark.parametrize("reference", ["v0", "best"])
def test_its_names_and_addresses_are_those_of_its_page(version, reference):
    opened = OpenedVersion.at(version.memberships.get(), reference)
    assert str(opened) == f"iris-model:{reference}"
    assert opened.full_name == f"vision/iris/iris-model:{reference}"
    page = f"/vision/iris/artifacts/model/iris-model/{reference}"
    assert opened.tab_url("") == page
    assert opened.tab_url("files") == f"{page}/files"
