import pytest

from registry_site.errors import Invalid
from registry_site.texts.json_text import MAX_DEPTH, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e999", "Infinity"), ("-1e999", "-Infinity"), ("NaN", "NaN"), ("1e-999", 0), ("2.5", 2.5)],
)
def test_numbers_that_no_database_takes_become_texts(text, value):
    assert read_json(f'{{"a": {text}}}', "The text") == {"a": value}


def test_what_is_nested_too_deeply_is_refused():
    deep = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH
    assert read_json(deep, "The text")
    assert read_json("[" + "{}," * 2000 + "1]", "The text")
    for text in (f"[{deep}]", "[" * 925 + "1" + "]" * 925, "[" * 100_000):
        with pytest.raises(Invalid, match="no JSON"):
            read_json(text, "The text")
