"""`field__among=keys` finds what `field__in=keys` finds, in a statement that doesn't grow."""

import pytest

from artifacts.models import Project
from tests import factories

pytestmark = pytest.mark.on_postgres


@pytest.fixture
def projects(vision):
    return [factories.make_project(vision, f"p{number}") for number in range(3)]


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize(("field", "key"), [("pk", "pk"), ("entity", "entity_id")])
def test_among_is_in(projects, count, field, key):
    keys = [getattr(project, key) for project in projects[:count]]
    among = Project.objects.filter(**{f"{field}__among": keys})
    assert set(among) == set(Project.objects.filter(**{f"{field}__in": keys}))
    assert among.exists() == bool(keys)


@pytest.mark.parametrize("names", [[], ["p1"], ["p0", "p2", "日本語", "it's"]])
def test_among_texts(projects, names):
    among = Project.objects.filter(name__among=names)
    assert set(among) == set(Project.objects.filter(name__in=names))


def test_the_statement_is_the_same_for_many_keys(projects):
    few, many = (
        Project.objects.filter(pk__among=range(count)).query.sql_with_params()[0]
        for count in (1, 300)
    )
    assert few == many
