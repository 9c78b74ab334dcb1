"""What the team `flowers` did: measurements, splits, many classifiers, a few evaluations."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifacts.models import Version
from artifacts.services.aliases.aliases import add_aliases
from registries.demo import cards
from registries.demo.classifiers import learn_neighbours, learn_softmax, learn_tree, load
from registries.demo.client import Client, LoggedRun
from registries.demo.learning import (
    Classifier,
    Diverged,
    Score,
    Table,
    score,
    split,
    write_confusion,
    write_csv,
)
from registries.demo.people import CANDIDATES, EVALUATIONS, target_path

PROJECT = "flowers/iris"
SEED = 1936  # the year of Fisher's paper
SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}
PUBLISHED_FROM = 0.9  # accuracy on the validation rows from which a model is linked
PETALS, SEPALS = ["petal_length", "petal_width"], ["sepal_length", "sepal_width"]

MODELS = target_path("model", "iris-classifier")
SPLITS = target_path("dataset", "iris-split")
FIELD_GUIDE = target_path(CANDIDATES, "field-guide")
REPORTS = target_path(EVALUATIONS, "iris-reports")


@dataclass(frozen=True)
class Training:
    """One run: the algorithm, its settings, and the columns that it learns from (none: all)."""

    name: str
    algorithm: str
    learn: Callable[..., Classifier]
    settings: dict[str, Any]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trained:
    """A model that was logged, with its metrics on the validation rows."""

    training: Training
    version: Version
    metrics: dict[str, float]

    @property
    def rank(self) -> tuple[float, float]:
        """Greater is better: more rows right; among equals, the smaller loss."""
        return self.metrics["accuracy"], -self.metrics["log_loss"]


def _tree(name: str, columns: list[str] | None = None, **settings: int) -> Training:
    return Training(name, "decision tree", learn_tree, settings, tuple(columns or ()))


def _neighbours(k: int) -> Training:
    return Training(f"{k}-nearest", "k nearest neighbours", learn_neighbours, {"k": k})


def _softmax(name: str, columns: list[str] | None = None, **settings: float) -> Training:
    return Training(name, "softmax regression", learn_softmax, settings, tuple(columns or ()))


TRAININGS = [
    _softmax("softmax-sepals-only", SEPALS, learning_rate=0.1, epochs=15),
    _tree("tree-one-question", max_depth=1),
    _tree("tree-petals-only", PETALS, max_depth=2),
    _tree("tree-depth-3", max_depth=3),
    _tree("tree-depth-5", max_depth=5),
    _tree("tree-depth-5-wide-leaves", max_depth=5, min_rows=5),
    _neighbours(1),
    _neighbours(5),
    _neighbours(11),
    _neighbours(21),
    _softmax("softmax-huge-steps", learning_rate=50, l2=0.05, epochs=40),
    _softmax("softmax-small-steps", learning_rate=0.05, epochs=30),
    _softmax("softmax-petals-only", PETALS, learning_rate=0.3, epochs=30),
    _softmax("softmax-batch-of-4", learning_rate=0.1, epochs=30, batch_size=4),
    _softmax("softmax-decay-0.001", learning_rate=0.5, epochs=60, l2=0.001),
    _softmax("softmax-long-steps", learning_rate=0.5, epochs=40),
    _softmax("softmax-decay-0.01", learning_rate=0.5, epochs=40, l2=0.01),
]


def log_measurements(ana: Client) -> Version:
    """Log Fisher's 150 flowers as they are."""
    content = Path(__file__).with_name("iris.csv").read_bytes()
    table = Table.read(content)
    with ana.run(PROJECT, "import-measurements", job_type="import") as run:
        run.print(f"read {len(table.rows)} rows of {len(table.columns)} measurements")
        run.log({"rows": len(table.rows)})
        return run.log_artifact(
            "iris-measurements",
            "dataset",
            {"iris.csv": content, "README.md": cards.MEASUREMENTS.encode()},
            description="150 iris flowers of three species, measured in centimetres.",
            metadata={"rows": len(table.rows), "columns": table.columns, **table.counts()},
            tags=["tabular"],
        )


def log_split(ken: Client, source: str, *, by_class: bool) -> Version:
    """Deal the rows into parts: first by chance alone, then with an equal share of each species."""
    settings = {"seed": SEED, "by_class": by_class, **SHARES}
    name = "split-by-species" if by_class else "split-by-chance"
    with ken.run(PROJECT, name, job_type="split", config=settings) as run:
        table = Table.read(run.use(ken.find(source))["iris.csv"])
        parts = split(table.labels, SHARES, seed=SEED, by_class=by_class)
        files, counts = {}, {}
        for part, places in parts.items():
            rows = [[*table.rows[place], table.classes[table.labels[place]]] for place in places]
            files[f"{part}.csv"] = write_csv([*table.columns, "species"], rows)
            counts[part] = Table.read(files[f"{part}.csv"], table.classes).counts()
            run.print(f"{part}: {counts[part]}")
        spread = max(max(each.values()) - min(each.values()) for each in counts.values())
        run.log({"largest_imbalance": spread})
        return run.log_artifact(
            "iris-split",
            "dataset",
            files,
            metadata={**settings, "counts": counts},
            description=cards.split_description(by_class=by_class, spread=spread),
        )


def train_all(people: list[Client]) -> list[Trained]:
    """Train with every setting, in turns; link good enough models to the core registry."""
    trained: list[Trained] = []
    for number, training in enumerate(TRAININGS):
        client = people[number % len(people)]
        try:
            newest = _train(client, training)
        except Diverged:
            continue  # its run failed and stays as it is
        trained.append(newest)
        if newest is max(trained, key=lambda each: each.rank):
            logged = client.find(f"{PROJECT}/iris-classifier:latest")
            add_aliases(by=client.user, membership=logged, names=["best"])
        if newest.metrics["accuracy"] >= PUBLISHED_FROM:
            client.link(newest.version, MODELS, aliases=["candidate"])
    return trained


def _train(client: Client, training: Training) -> Trained:
    config = {"algorithm": training.algorithm, **training.settings}
    with client.run(
        PROJECT, training.name, job_type="train", config=config, tags=[training.algorithm]
    ) as run:
        files = run.use(client.find(f"{PROJECT}/iris-split:latest"))
        train, validation = (Table.read(files[f"{part}.csv"]) for part in ("train", "validation"))
        columns = list(training.columns or train.columns)
        train, validation = train.only(columns), validation.only(columns)
        run.print(f"{len(train.rows)} rows to learn from, columns {', '.join(columns)}")
        model = training.learn(train, validation, on_epoch=run.log, **training.settings)
        result = score(model, validation)
        run.print(f"on the validation rows: {_words(result)}")
        version = _log_model(run, training, train, model, result)
    return Trained(training, version, result.metrics)


def _log_model(
    run: LoggedRun, training: Training, train: Table, model: Classifier, result: Score
) -> Version:
    document = {"columns": train.columns, "classes": train.classes, "model": model.as_json()}
    return run.log_artifact(
        "iris-classifier",
        "model",
        {
            "model.json": json.dumps(document, indent=1).encode(),
            "confusion.csv": write_confusion(train.classes, result.matrix),
            "README.md": cards.model_readme(
                training.name, training.algorithm, training.settings, train, result
            ).encode(),
        },
        description=f"{training.algorithm.capitalize()}, {result.metrics['accuracy']:.1%} of the "
        "validation rows right.",
        metadata={
            "algorithm": training.algorithm,
            "settings": training.settings,
            "features": train.columns,
            "species": train.classes,
            **{f"validation_{name}": value for name, value in result.metrics.items()},
        },
        tags=["baseline"] if training.columns else [],
    )


def evaluate(ken: Client, chosen: Trained) -> dict[str, float]:
    """Put a model on `staging`, test it on the held-out rows, publish the report.

    Returns the metrics by name.
    """
    ken.link(chosen.version, MODELS, aliases=["staging"])
    config = {"model": f"{MODELS}:staging", "data": f"{SPLITS}:latest"}
    name = chosen.training.name
    with ken.run(PROJECT, f"evaluate-{name}", job_type="evaluate", config=config) as run:
        document = json.loads(run.use(ken.find(config["model"]))["model.json"])
        content = run.use(ken.find(config["data"]))["test.csv"]
        test = Table.read(content, document["classes"]).only(document["columns"])
        result = score(load(document["model"]), test)
        metrics = result.metrics
        run.log({f"test_{part}": value for part, value in metrics.items()})
        report = run.log_artifact(
            "iris-evaluation",
            "evaluation",
            {
                "report.json": json.dumps({"model": name, **metrics}).encode(),
                "confusion.csv": write_confusion(test.classes, result.matrix),
                "README.md": cards.report(name, test, result).encode(),
            },
            description=f"{name} on {len(test.rows)} unseen flowers: "
            f"{metrics['accuracy']:.1%} right.",
            metadata={"model": name, "rows": len(test.rows), **metrics},
        )
    ken.link(report, REPORTS)
    return metrics


def _words(result: Score) -> str:
    return ", ".join(f"{name} {value}" for name, value in result.metrics.items())
