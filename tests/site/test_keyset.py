import base64
import json

import pytest

from artifacts.models import Project
from registry_site.errors import Invalid
from registry_site.queries.keyset import cursor_of, slice_by_key

ORDER = ["-updated_at", "-pk"]


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "written",
    [
        "x",
        "é",
        "W10",
        cursor("abc", 1),
        cursor(1, "abc"),
        cursor("x" * 100, "\ud800"),
        cursor({"at": "0001-01-01T00:00:00+14:00"}, 1),
        cursor({"at": 5}, 1),
        cursor({}, 1),
        cursor(True, None),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_a_cursor_that_somebody_wrote_is_refused(project, written):
    with pytest.raises(Invalid, match="no page of the list"):
        slice_by_key(Project.objects.all(), order=ORDER, size=5, cursor=written)


def test_a_cursor_goes_on_after_its_row(project):
    rows, more = slice_by_key(
        Project.objects.all(), order=ORDER, size=5, cursor=cursor_of(project, ORDER)
    )
    assert (rows, more) == ([], False)
