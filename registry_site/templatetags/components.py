"""The tags of `{% load components %}`: pieces of pages, each with the values that its template
names in its first lines, and with nothing else of the page that it stands in."""

from typing import Any

from django import template

register = template.Library()

_TEMPLATES = {
    "action": "components/page/action.html",
    "alias_chip": "components/chips/alias_chip.html",
    "chart_dot": "components/charts/_chart_dot.html",
    "empty_state": "components/lists/empty_state.html",
    "filter_field": "components/forms/filter_field.html",
    "fold": "components/text/fold.html",
    "pagination": "components/lists/pagination.html",
    "people_picker": "components/forms/people_picker.html",
    "sort_header": "components/lists/sort_header.html",
    "state_chip": "components/chips/state_chip.html",
    "type_chip": "components/chips/type_chip.html",
}


def _values(**values: Any) -> dict[str, Any]:
    return values


for _name, _template in _TEMPLATES.items():
    register.inclusion_tag(_template, name=_name)(_values)
