"""Plain learning, for data that fits on a page: tables, splits, and how good a guess is."""

import csv
import io
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Row = Sequence[float]
OnEpoch = Callable[[dict[str, float]], None]  # takes the metrics of one epoch


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""


class Classifier(Protocol):
    """A learnt model: it gives a chance for each class, and can be written as JSON."""

    def chances(self, row: Row) -> list[float]: ...

    def as_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Table:
    """Measured rows and the class of each, as a number into `classes`."""

    columns: list[str]
    classes: list[str]
    rows: list[list[float]]
    labels: list[int]

    @classmethod
    def read(cls, content: bytes, classes: Sequence[str] = ()) -> "Table":
        """Read a CSV whose last column names the class."""
        header, *lines = csv.reader(io.StringIO(content.decode()))
        names = list(classes) or sorted({line[-1] for line in lines})
        return cls(
            columns=header[:-1],
            classes=names,
            rows=[[float(value) for value in line[:-1]] for line in lines],
            labels=[names.index(line[-1]) for line in lines],
        )

    def only(self, columns: Sequence[str]) -> "Table":
        """Return the same rows with these columns."""
        places = [self.columns.index(column) for column in columns]
        rows = [[row[place] for place in places] for row in self.rows]
        return Table(list(columns), self.classes, rows, self.labels)

    def counts(self) -> dict[str, int]:
        """Return how many rows each class has."""
        by_label = Counter(self.labels)
        return {name: by_label[label] for label, name in enumerate(self.classes)}


@dataclass(frozen=True)
class Scaler:
    """Brings each column to mean 0 and deviation 1, as they were in the rows learnt from."""

    means: list[float]
    deviations: list[float]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Scaler":
        columns = list(zip(*rows, strict=True))
        means = [sum(column) / len(column) for column in columns]
        spreads = [
            math.sqrt(sum((value - mean) ** 2 for value in column) / len(column)) or 1.0
            for column, mean in zip(columns, means, strict=True)
        ]
        return cls(means, spreads)

    def scale(self, row: Row) -> list[float]:
        return [
            (value - mean) / spread
            for value, mean, spread in zip(row, self.means, self.deviations, strict=True)
        ]

    def as_json(self) -> dict[str, list[float]]:
        return {
            "means": [round(mean, 6) for mean in self.means],
            "deviations": [round(spread, 6) for spread in self.deviations],
        }


def seeded(seed: int) -> random.Random:
    """Return a generator with this seed, so that every figure of the demo can be computed again."""
    return random.Random(seed)  # noqa: S311 - no secret hangs on it


def split(
    labels: Sequence[int], shares: dict[str, float], *, seed: int, by_class: bool
) -> dict[str, list[int]]:
    """Return row numbers by part; `by_class` gives each part its share of each class.

    The last part gets what rounding leaves over.
    """
    chance = seeded(seed)
    groups: Iterable[list[int]] = [list(range(len(labels)))]
    if by_class:
        groups = [
            [place for place, found in enumerate(labels) if found == label]
            for label in sorted(set(labels))
        ]
    parts: dict[str, list[int]] = {name: [] for name in shares}
    for group in groups:
        chance.shuffle(group)
        start = 0
        for name, share in shares.items():
            is_last = name == list(shares)[-1]
            end = len(group) if is_last else start + round(share * len(group))
            parts[name] += group[start:end]
            start = end
    return {name: sorted(places) for name, places in parts.items()}


def guess(chances: Sequence[float]) -> int:
    """Return the number of the likeliest class; the first of those that are equally likely."""
    return max(range(len(chances)), key=lambda label: (chances[label], -label))


@dataclass(frozen=True)
class Score:
    """How good the guesses are; the figures to four digits."""

    metrics: dict[str, float]  # accuracy, macro_f1, log_loss (mean, natural logarithm)
    matrix: list[list[int]]  # rows counted by true class (down) and guessed class (across)


def score(classifier: Classifier, table: Table) -> Score:
    """Return how well the classifier guesses the classes of the rows."""
    size, loss = len(table.classes), 0.0
    matrix = [[0] * size for _ in range(size)]
    for row, label in zip(table.rows, table.labels, strict=True):
        chances = classifier.chances(row)
        matrix[label][guess(chances)] += 1
        loss -= math.log(max(chances[label], 1e-6))  # a class thought impossible costs 13.8
    metrics = {
        "accuracy": sum(matrix[k][k] for k in range(size)) / len(table.rows),
        "macro_f1": macro_f1(matrix),
        "log_loss": loss / len(table.rows),
    }
    return Score({name: round(value, 4) for name, value in metrics.items()}, matrix)


def macro_f1(matrix: list[list[int]]) -> float:
    """Return the mean over classes of the harmonic mean of precision and recall."""
    total = 0.0
    for k, row in enumerate(matrix):
        of_class, guessed = sum(row), sum(line[k] for line in matrix)
        if of_class + guessed:
            total += 2 * row[k] / (of_class + guessed)
    return total / len(matrix)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as CSV text in UTF-8."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return target.getvalue().encode()


def write_confusion(classes: Sequence[str], matrix: list[list[int]]) -> bytes:
    """Return a confusion matrix as CSV, with the true class in the first column."""
    rows = ([name, *counts] for name, counts in zip(classes, matrix, strict=True))
    return write_csv(["true \\ predicted", *classes], rows)
