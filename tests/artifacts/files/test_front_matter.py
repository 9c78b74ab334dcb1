import time

import pytest

from artifacts.formats.front_matter import front_matter_of


def test_front_matter_is_names_and_values():
    text = (
        "---\nlicense: mit\ntags: [a, b]\nyes: true\nempty:\nmodel-index:\n- name: x\n---\n# Title"
    )
    facts, rest = front_matter_of(text)
    assert facts == [
        ("license", "mit"),
        ("tags", "a, b"),
        ("True", "true"),
        ("empty", ""),
        ("model-index", '[{"name": "x"}]'),
    ]
    assert rest == "# Title"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "# Title",
        "---",
        "---\nno mapping\n---\n",
        "---\na: [1\n---\n",
        "---\na: &x 1\nb: *x\n---\n",
        "---\na: !!python/object/apply:os.system [ls]\n---\n",
        "---\nd: 2024-99-99\n---\n",
        "---\na: 1\nnever closed",
        "---\n" + "a: " + "[" * 2_000 + "\n---\n",
        "---\n" + "a: 1\n" * 10_000 + "---\n",
    ],
)
def test_what_is_no_front_matter_stays_text(text):
    assert front_matter_of(text) == ([], text)


def test_aliases_do_not_multiply():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    begun = time.process_time()
    text = "---\n" + "\n".join(lines) + "\n---\n"
    assert front_matter_of(text) == ([], text)
    assert time.process_time() - begun < 1
