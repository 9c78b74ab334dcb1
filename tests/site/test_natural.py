"""Names in the order in which people expect them."""

from registry_site.queries.natural_order import natural_key


def test_numbers_in_names_count():
    names = ["step 11", "step 2", "Step 1", "step 1", "a", "1", "11", "2", ""]
    names += ["layer.10.w", "layer.9.w"]
    assert sorted(names, key=natural_key) == [
        "",
        "1",
        "2",
        "11",
        "a",
        "layer.9.w",
        "layer.10.w",
        "Step 1",
        "step 1",
        "step 2",
        "step 11",
    ]


def test_any_text_has_a_place():
    odd = ["9" * 10_000, "²", "٣", "x" * 10_000, "\ud800", "007", "7", "07"]
    assert len(sorted(odd, key=natural_key)) == len(odd)
    assert natural_key("7") != natural_key("07")
