"""Four ways to learn a class from a row of numbers, in plain Python."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from registries.demo.learning import (
    Classifier,
    Diverged,
    OnEpoch,
    Row,
    Scaler,
    Score,
    Table,
    score,
    seeded,
)

WORST_LOSS = 5.0  # a loss above it has diverged; blind guesses among three classes cost 1.1


@dataclass
class Softmax:
    """Softmax regression, learnt by stochastic gradient descent in batches."""

    scaler: Scaler
    weights: list[list[float]]  # one row per class; the last number is the bias

    def chances(self, row: Row) -> list[float]:
        return self._chances([*self.scaler.scale(row), 1.0])

    def _chances(self, scaled: list[float]) -> list[float]:
        sums = [
            sum(weight * value for weight, value in zip(line, scaled, strict=True))
            for line in self.weights
        ]
        highest = max(sums)
        powers = [math.exp(value - highest) for value in sums]
        total = sum(powers)
        return [power / total for power in powers]

    def as_json(self) -> dict[str, Any]:
        weights = [[round(weight, 6) for weight in line] for line in self.weights]
        return {"kind": "softmax", "scaler": self.scaler.as_json(), "weights": weights}

    def descend(self, batch: list[tuple[list[float], int]], rate: float, decay: float) -> None:
        """Move one step down the slope of the mean loss of these rows."""
        pairs = [(scaled, self._chances(scaled), label) for scaled, label in batch]
        for k, line in enumerate(self.weights):
            errors = [chances[k] - (label == k) for _scaled, chances, label in pairs]
            for place, weight in enumerate(line):
                slope = sum(
                    error * pair[0][place] for error, pair in zip(errors, pairs, strict=True)
                )
                shrink = 0.0 if place == len(line) - 1 else decay * weight
                line[place] = weight - rate * (slope / len(batch) + shrink)


def learn_softmax(
    train: Table,
    validation: Table,
    *,
    on_epoch: OnEpoch,
    learning_rate: float,
    epochs: int,
    l2: float = 0.0,
    batch_size: int = 16,
    seed: int = 1,
) -> Classifier:
    """Return the trained classifier; raise Diverged where the steps are too long."""
    scaler, chance = Scaler.of(train.rows), seeded(seed)
    model = Softmax(scaler, [[0.0] * (len(train.columns) + 1) for _ in train.classes])
    scaled = [[*scaler.scale(row), 1.0] for row in train.rows]
    pairs = list(zip(scaled, train.labels, strict=True))
    for epoch in range(1, epochs + 1):
        chance.shuffle(pairs)
        for start in range(0, len(pairs), batch_size):
            model.descend(pairs[start : start + batch_size], learning_rate, l2)
        metrics = compare(model, train, validation)
        on_epoch(metrics)
        if metrics["train_log_loss"] > WORST_LOSS:
            raise Diverged(f"loss {metrics['train_log_loss']} after epoch {epoch}: steps too long")
    return model


@dataclass
class Neighbours:
    """The k nearest rows vote."""

    scaler: Scaler
    rows: list[list[float]]
    labels: list[int]
    classes: int
    k: int

    def chances(self, row: Row) -> list[float]:
        place = self.scaler.scale(row)
        distances = sorted(
            (math.dist(place, other), label)
            for other, label in zip(self.rows, self.labels, strict=True)
        )
        votes = Counter(label for _distance, label in distances[: self.k])
        return [votes[label] / self.k for label in range(self.classes)]

    def as_json(self) -> dict[str, Any]:
        rows = [[round(value, 6) for value in row] for row in self.rows]
        return {
            "kind": "neighbours",
            "k": self.k,
            "scaler": self.scaler.as_json(),
            "rows": rows,
            "labels": self.labels,
            "classes": self.classes,
        }


def learn_neighbours(train: Table, validation: Table, *, on_epoch: OnEpoch, k: int) -> Classifier:
    """Return a classifier that keeps the rows; the history has each smaller odd `k`, too."""
    scaler = Scaler.of(train.rows)
    scaled = [scaler.scale(row) for row in train.rows]
    model = Neighbours(scaler, scaled, train.labels, len(train.classes), k)
    for fewer in range(1, k + 1, 2):
        model.k = fewer
        on_epoch({"neighbours": fewer, **_of("validation", score(model, validation))})
    return model


@dataclass
class Node:
    """A question about one column, or, without children, the chances of each class."""

    chances: list[float]
    column: int = 0
    limit: float = 0.0
    children: list["Node"] = field(default_factory=list)  # up to the limit; beyond it

    def as_json(self) -> dict[str, Any]:
        chances = [round(chance, 6) for chance in self.chances]
        if not self.children:
            return {"chances": chances}
        children = [child.as_json() for child in self.children]
        return {
            "column": self.column,
            "limit": self.limit,
            "chances": chances,
            "children": children,
        }

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "Node":
        children = [cls.of_json(child) for child in document.get("children", [])]
        return cls(
            document["chances"], document.get("column", 0), document.get("limit", 0.0), children
        )


@dataclass
class Tree:
    """A decision tree that asks the question which leaves the purest halves."""

    root: Node

    def chances(self, row: Row) -> list[float]:
        node = self.root
        while node.children:
            node = node.children[row[node.column] > node.limit]
        return node.chances

    def as_json(self) -> dict[str, Any]:
        return {"kind": "tree", "root": self.root.as_json()}


def learn_tree(
    train: Table, validation: Table, *, on_epoch: OnEpoch, max_depth: int, min_rows: int = 1
) -> Classifier:
    """Return a tree of `max_depth` questions; the history has the score of each smaller depth."""
    for depth in range(1, max_depth + 1):
        root = _grow(train, list(range(len(train.rows))), depth, min_rows)
        model = Tree(root)
        on_epoch({"depth": depth, **compare(model, train, validation)})
    return model


def _grow(table: Table, places: list[int], depth: int, min_rows: int) -> Node:
    counts = Counter(table.labels[place] for place in places)
    node = Node([counts[label] / len(places) for label in range(len(table.classes))])
    if depth == 0 or len(counts) == 1:
        return node
    best = _impurity(counts, len(places))
    halves: list[list[int]] = []
    for column in range(len(table.columns)):
        values = sorted({table.rows[place][column] for place in places})
        for low, high in zip(values, values[1:], strict=False):
            limit = (low + high) / 2
            parts: list[list[int]] = [[], []]
            for place in places:
                parts[table.rows[place][column] > limit].append(place)
            if min(map(len, parts)) < min_rows:
                continue
            mixed = sum(
                _impurity(Counter(table.labels[place] for place in part), len(part)) * len(part)
                for part in parts
            )
            if mixed / len(places) < best - 1e-9:
                best, halves = mixed / len(places), parts
                node.column, node.limit = column, round(limit, 4)
    node.children = [_grow(table, half, depth - 1, min_rows) for half in halves]
    return node


def _impurity(counts: Counter[int], total: int) -> float:
    return 1 - sum((count / total) ** 2 for count in counts.values())


@dataclass
class MeanImages:
    """The nearest class mean; chances fall with the squared distance."""

    means: list[list[float]]

    def chances(self, row: Row) -> list[float]:
        near = [-(math.dist(row, mean) ** 2) for mean in self.means]
        powers = [math.exp(value - max(near)) for value in near]
        return [power / sum(powers) for power in powers]

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": "means",
            "means": [[round(value, 4) for value in mean] for mean in self.means],
        }


def learn_means(train: Table) -> Classifier:
    """Return one mean image for each class."""
    means = []
    for label in range(len(train.classes)):
        rows = [row for row, found in zip(train.rows, train.labels, strict=True) if found == label]
        means.append([sum(column) / len(rows) for column in zip(*rows, strict=True)])
    return MeanImages(means)


def load(document: dict[str, Any]) -> Classifier:
    """Return the classifier that was written as JSON."""
    kind = document["kind"]
    if kind == "tree":
        return Tree(Node.of_json(document["root"]))
    if kind == "means":
        return MeanImages(document["means"])
    scaler = Scaler(**document["scaler"])
    if kind == "softmax":
        return Softmax(scaler, document["weights"])
    return Neighbours(
        scaler, document["rows"], document["labels"], document["classes"], document["k"]
    )


def compare(model: Classifier, train: Table, validation: Table) -> dict[str, float]:
    """Return the metrics on the training rows and on the validation rows, by name."""
    return {**_of("train", score(model, train)), **_of("validation", score(model, validation))}


def _of(part: str, result: Score) -> dict[str, float]:
    return {f"{part}_{name}": value for name, value in result.metrics.items()}
