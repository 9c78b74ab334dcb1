"""The Markdown of the demo: cards of collections, and the readme files inside versions."""

from collections.abc import Iterable, Sequence

from registries.demo.learning import Score, Table

MEASUREMENTS = """\
# Iris measurements

150 flowers of three species of iris, 50 of each, measured by Edgar Anderson on the Gaspé
Peninsula and published by R. A. Fisher in “The use of multiple measurements in taxonomic
problems”, *Annals of Eugenics* 7 (1936). The figures are in the public domain.

| column | meaning | unit |
| --- | --- | --- |
| `sepal_length`, `sepal_width` | the outer, green leaf of the flower | cm |
| `petal_length`, `petal_width` | the inner, coloured leaf | cm |
| `species` | `setosa`, `versicolor` or `virginica` | |

*Setosa* lies apart from the others; *versicolor* and *virginica* overlap.
"""

SPLIT = """\
Fisher's irises in three parts: 60 % to learn from, 20 % to choose by, 20 % to report on.

- Learn from `train.csv`, compare settings on `validation.csv`.
- Look at `test.csv` only in an evaluation.
- `v0` was dealt by pure chance and has uneven species; use `v1` or newer.
"""

OPENINGS = """\
The first sentences of four novels whose copyright has long expired, one text file each, to try
things out on text that everybody knows. The words of each are counted in `opening-words`.
"""

DIGITS = """\
Images of the digits 0 to 9, five pixels wide and seven high, drawn from one font and disturbed by
chance: each pixel is turned over with the probability that the version's metadata names.
"""

READERS = """\
Reads a digit by the nearest mean image. Each version was trained and tested on images of its own
noise, so compare versions with the noise in mind.
"""

FIELD_GUIDE = """\
The classifier that the field guide on the phone uses is `production`; the others were evaluated
beside it and are kept to fall back on.
"""

REPORTS = """\
One report for each evaluated version of `iris-classifier`: metrics and confusion matrix on the test
rows, which took no part in learning or in the choice of a model.
"""

TULIPS = """\
For the classifier of tulips. The measurements are due in spring; nothing is linked yet.
"""


def split_description(*, by_class: bool, spread: int) -> str:
    """Return the description of a split whose parts have at most `spread` more of one species."""
    if by_class:
        return "Dealt species by species: each part has the same number of each."
    return f"Dealt by pure chance: one part has {spread} more of one species than of another."


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def confusion(data: Table, result: Score) -> str:
    """Return a confusion matrix as a Markdown table, the true class in the first column."""
    pairs = zip(data.classes, result.matrix, strict=True)
    rows = ([f"**{name}**", *counts] for name, counts in pairs)
    return table(["true \\ predicted", *data.classes], rows)


def model_readme(
    name: str, algorithm: str, settings: dict[str, object], data: Table, result: Score
) -> str:
    """Return the readme inside a version of the classifier."""
    rows = [("algorithm", algorithm), *settings.items(), ("columns", ", ".join(data.columns))]
    return "\n\n".join(
        [
            f"# {name}",
            "Tells three species of iris apart by measurements in centimetres.",
            table(["setting", "value"], rows),
            "## On the validation rows",
            table(["metric", "value"], result.metrics.items()),
            confusion(data, result),
            "`model.json` holds what was learnt; `confusion.csv` is the table above.\n",
        ]
    )


def report(name: str, data: Table, result: Score) -> str:
    """Return the readme inside an evaluation."""
    return "\n\n".join(
        [
            f"# {name} on unseen flowers",
            "The test rows took no part in learning, nor in the choice of settings.",
            table(["metric", "value"], result.metrics.items()),
            confusion(data, result) + "\n",
        ]
    )


def classifier(rows: Iterable[Sequence[object]], linked: int, trained: int) -> str:
    """Return the card of the classifier's collection; `rows` are the models that were evaluated."""
    return "\n\n".join(
        [
            "Tells *Iris setosa*, *versicolor* and *virginica* apart by four measurements of the "
            "flower. Made by the team **flowers** from Fisher's figures of 1936.",
            f"{linked} of {trained} trained models had at least 90 % of the validation rows right "
            "and were linked here. The best of each algorithm was then tried on flowers that "
            "no model had seen:",
            table(["version", "model", "validation accuracy", "test accuracy"], rows),
            "- `candidate`: the newest that was good enough\n"
            "- `staging`: the last one to be evaluated\n"
            "- `production`: what the field guide uses; only admins of this registry move it",
            "Known limits: 150 flowers from one region, and *versicolor* and *virginica* overlap. "
            "A difference of 0.033 is one flower.\n",
        ]
    )
