"""What pages read from addresses and forms."""

import pytest

from registry_site.pages import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 0), ("9" * 18, 10**18 - 1), ("", 5), ("-1", 5), ("x", 5), ("²", 5)],
)
def test_a_number_is_read_or_none(text, number):
    assert read_number(text, 5) == number


def test_what_no_row_can_have_is_no_number():
    assert read_number("9" * 19) == 0
