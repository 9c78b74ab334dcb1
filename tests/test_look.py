"""The colours by which people tell registries apart can be read in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from registries.models import Registry

CSS = (Path(settings.BASE_DIR) / "static/site.css").read_text()
ICONS = (Path(settings.BASE_DIR) / "static/icons.svg").read_text()


def token(name):
    """The colour in the light and in the dark theme."""
    return re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\);", CSS).groups()


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", Registry.Colour.values)
def test_every_colour_of_a_registry_can_be_read(colour):
    for ink, ground in zip(token(f"look-{colour}"), token(f"look-{colour}-fill"), strict=True):
        assert contrast(ink, ground) >= 6
    assert f".look-{colour} {{" in CSS


@pytest.mark.parametrize("icon", Registry.Icon.values)
def test_every_icon_of_a_registry_is_drawn(icon):
    assert f'id="{icon}"' in ICONS
