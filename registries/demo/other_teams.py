"""A little of the teams `vision` and `nlp`, and what two people did in their own entities."""

import json
import math
import re
from collections import Counter

from artifacts.models import Version
from registries.demo import cards
from registries.demo.classifiers import learn_means, learn_tree, load
from registries.demo.client import Client
from registries.demo.flowers import MODELS, PETALS, SPLITS
from registries.demo.learning import Table, guess, score, seeded, write_confusion, write_csv
from registries.demo.people import target_path

DIGITS = target_path("dataset", "digits-5x7")
READERS = target_path("model", "digit-reader")
OPENINGS = target_path("dataset", "book-openings")

# five pixels wide, seven high; each hexadecimal pair is one line from the top
FONT = {
    "0": "0e11131519110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808",
    "8": "0e11110e11110e", "9": "0e11110f01020c",
}  # fmt: skip
EACH = 12  # images of each digit

BOOKS = {
    "austen": "It is a truth universally acknowledged, that a single man in possession of a good "
    "fortune, must be in want of a wife. However little known the feelings or views of such a man "
    "may be on his first entering a neighbourhood, this truth is so well fixed in the minds of "
    "the surrounding families, that he is considered the rightful property of some one or other "
    "of their daughters.",
    "carroll": "Alice was beginning to get very tired of sitting by her sister on the bank, and "
    "of having nothing to do: once or twice she had peeped into the book her sister was reading, "
    "but it had no pictures or conversations in it, “and what is the use of a book,” thought "
    "Alice “without pictures or conversations?”",
    "dickens": "It was the best of times, it was the worst of times, it was the age of wisdom, it "
    "was the age of foolishness, it was the epoch of belief, it was the epoch of incredulity, it "
    "was the season of Light, it was the season of Darkness, it was the spring of hope, it was "
    "the winter of despair.",
    "melville": "Call me Ishmael. Some years ago—never mind how long precisely—having little or "
    "no money in my purse, and nothing particular to interest me on shore, I thought I would sail "
    "about a little and see the watery part of the world.",
}


def log_digits(ken: Client) -> None:
    """Draw digits with more and more noise; see how well the nearest mean image reads them."""
    for noise in (0.05, 0.15, 0.25):
        with ken.run(
            "vision/digits",
            f"draw-noise-{noise:.0%}",
            job_type="generate",
            config={"noise": noise, "each": EACH},
        ) as run:
            files = {
                "train.csv": draw_digits(noise, seed=1),
                "test.csv": draw_digits(noise, seed=2),
            }
            run.log({"images": 2 * EACH * len(FONT)})
            drawn = run.log_artifact(
                "digits-5x7",
                "dataset",
                files,
                metadata={"noise": noise, "images": EACH * 20},
                description=f"Each pixel turned over with probability {noise}.",
            )
        ken.link(drawn, DIGITS)
        ken.link(_log_reader(ken, noise), READERS)


def draw_digits(noise: float, *, seed: int) -> bytes:
    """Return a CSV with 35 pixels and the digit in each row."""
    chance = seeded(seed)
    rows = []
    for digit, font in FONT.items():
        dots = "".join(f"{line:05b}" for line in bytes.fromhex(font))
        for _image in range(EACH):
            rows.append([*(int(dot) ^ (chance.random() < noise) for dot in dots), digit])
    return write_csv([*(f"pixel_{place}" for place in range(35)), "digit"], rows)


def _log_reader(ken: Client, noise: float) -> Version:
    config = {"algorithm": "nearest mean image", "noise": noise}
    with ken.run(
        "vision/digits", f"read-noise-{noise:.0%}", job_type="train", config=config
    ) as run:
        files = run.use(ken.find("vision/digits/digits-5x7:latest"))
        train, test = Table.read(files["train.csv"]), Table.read(files["test.csv"])
        model = learn_means(train)
        result = score(model, test)
        run.log(result.metrics)
        return run.log_artifact(
            "digit-reader",
            "model",
            {
                "model.json": json.dumps(model.as_json()).encode(),
                "confusion.csv": write_confusion(test.classes, result.matrix),
            },
            metadata={**config, **result.metrics},
            description=f"{result.metrics['accuracy']:.1%} of the test images read right.",
        )


def log_openings(ana: Client) -> None:
    """Log the first sentences of four novels, then count their words in two ways."""
    with ana.run("nlp/openings", "collect-openings", job_type="import") as run:
        files = {f"{author}.txt": f"{text}\n".encode() for author, text in BOOKS.items()}
        run.log({"characters": sum(map(len, BOOKS.values()))})
        books = run.log_artifact(
            "book-openings",
            "dataset",
            {**files, "README.md": cards.OPENINGS.encode()},
            metadata={"books": len(BOOKS), "language": "en"},
            tags=["text"],
            description="Austen, Carroll, Dickens and Melville.",
        )
    ana.link(books, OPENINGS)
    for shortest in (1, 4):
        with ana.run(
            "nlp/openings",
            f"count-words-from-{shortest}-letters",
            job_type="count",
            config={"shortest": shortest},
        ) as run:
            texts = run.use(ana.find(f"{OPENINGS}:latest"))
            counts = {
                path.removesuffix(".txt"): count_words(content.decode(), shortest)
                for path, content in texts.items()
                if path.endswith(".txt")
            }
            words = sorted(set().union(*counts.values()))
            run.log(
                {"distinct_words": len(words), "words": sum(map(Counter.total, counts.values()))}
            )
            run.log_artifact(
                "opening-words",
                "dataset",
                _word_files(words, counts),
                metadata={"shortest": shortest, "distinct_words": len(words)},
                description=f"How often each word of {shortest} or more letters occurs.",
            )


def count_words(text: str, shortest: int) -> Counter[str]:
    """Return how often each word of at least `shortest` letters occurs, in lower case."""
    return Counter(word for word in re.findall(r"[a-z]+", text.lower()) if len(word) >= shortest)


def _word_files(words: list[str], counts: dict[str, Counter[str]]) -> dict[str, bytes]:
    authors = sorted(counts)
    likeness = [[_likeness(counts[one], counts[other]) for other in authors] for one in authors]
    return {
        "counts.csv": write_csv(
            ["word", *authors], ([word, *(counts[one][word] for one in authors)] for word in words)
        ),
        "likeness.csv": write_csv(
            ["", *authors], ([one, *row] for one, row in zip(authors, likeness, strict=True))
        ),
    }


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine between two counts: 1 for the same mixture of words, 0 for none shared."""
    product = sum(count * other[word] for word, count in one.items())
    lengths = (math.sqrt(sum(count**2 for count in each.values())) for each in (one, other))
    return round(product / math.prod(lengths), 4)


def log_personal(ken: Client, omar: Client) -> None:
    """Log a run of Ken's that can't be linked from his entity; let Omar use a published version."""
    with ken.run("ken/scratch", "petals-at-home", job_type="train") as run:
        files = run.use(ken.find(f"{SPLITS}:latest"))
        train, validation = (
            Table.read(files[f"{part}.csv"]).only(PETALS) for part in ("train", "validation")
        )
        model = learn_tree(train, validation, on_epoch=run.log, max_depth=2)
        run.log_artifact(
            "petals-at-home",
            "model",
            {"model.json": json.dumps(model.as_json()).encode()},
            metadata=score(model, validation).metrics,
            description="Logged to a personal account, so no registry takes it.",
        )
    flower = [5.9, 3.0, 4.2, 1.5]
    with omar.run("omar/balcony", "name-my-flower", job_type="predict") as run:
        document = json.loads(run.use(omar.find(f"{MODELS}:production"))["model.json"])
        chances = load(document["model"]).chances(flower)
        run.print(f"{flower} is {document['classes'][guess(chances)]}")
        run.log(dict(zip(document["classes"], (round(c, 4) for c in chances), strict=True)))
