"""What a project is: told by its kind, to which a constraint ties its name."""

import pytest
from django.db import IntegrityError, transaction

from artifacts.models import Project
from tests import factories

pytestmark = pytest.mark.on_postgres


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("project", "wandb-registry-model"),
        ("registry", "iris"),
        ("registry", "WANDB-REGISTRY-model"),
        ("other", "iris"),
    ],
)
def test_kind_and_name_fit(acme, kind, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.create(entity=acme.entity, name=name, kind=kind)


def test_capitals_make_no_registry(vision):
    assert not factories.make_project(vision, "Wandb-Registry-x").is_registry


def test_querysets_by_kind(project, registry):
    assert list(Project.objects.registries()) == [registry.project]
    assert list(Project.objects.ordinary()) == [project]
    assert (project.is_registry, registry.project.is_registry) == (False, True)
