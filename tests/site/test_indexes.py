"""No index costs writes, or leads PostgreSQL to a worse plan, for what another one does as well."""

import pytest
from django.apps import apps
from django.db import models

OWN_APPS = ("accounts", "artifacts", "registries")
FOREIGN_KEYS = [
    pytest.param(field, id=f"{model.__name__}.{field.name}")
    for app in OWN_APPS
    for model in apps.get_app_config(app).get_models()
    for field in model._meta.local_fields
    if isinstance(field, models.ForeignKey) and not field.unique
]


def first_columns(model):
    """Return the columns by which the model's own whole indexes sort first."""
    constraints = (
        each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)
    )
    return {
        each.fields[0].lstrip("-")
        for each in (*constraints, *model._meta.indexes)
        if each.fields and each.condition is None
    }


@pytest.mark.parametrize("field", FOREIGN_KEYS)
def test_a_foreign_key_has_one_index_that_begins_with_it(field):
    assert field.db_index != (field.name in first_columns(field.model))
