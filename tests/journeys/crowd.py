"""Data as people have it: long names, many aliases and projects, hundreds of keys and metrics.

It lies beside what `make_world` makes: `vision` has sixty projects more and logged `LONG`, which
is linked to a collection of the same name; each of its versions carries twenty aliases.
"""

import csv
import io
import math

from artifacts.models import Collection, Membership, Project, Version
from artifacts.services.collections.tags import add_collection_tags
from artifacts.services.projects import create_project
from registries.demo.client import Client
from registry_site.accounts.models import Team, User
from tests.helpers.made_once import made_once

LONG = ("a-name-as-programs-make-them-of-" + "branch_commit_and.parameters-" * 5)[:120]
WORDS = "One word after the other, as many as fit into a line and then some more. " * 4
PROJECTS, ALIASES, KEYS, METRICS = 60, 20, 200, 12
TARGET = f"acme/wandb-registry-model/{LONG}"
TAGS = [f"tag-{number:02}-{LONG}"[:60].replace(".", "-") for number in range(12)]


def aliases_of(index):
    """Twenty aliases: four short ones, and sixteen of 120 characters."""
    short = [f"v{index}-{name}" for name in ("candidate", "rc", "reviewed", "2026-11-29")]
    return short + [f"{index}-{number:02}-{LONG}"[:120] for number in range(ALIASES - 4)]


def metadata_of(index):
    """Two hundred keys in no order of the alphabet, some of them objects, some not finite."""
    keys = {f"parameter_{number:03}": number * 1.23456789012 for number in range(KEYS)}
    return (
        {
            "zeta": {"inner": {"learning_rate": 0.001, "deep": {"er": [1, 2, {"est": "leaf"}]}}},
            "broken": "NaN",
            "endless": "-Infinity",  # as the door writes what JSON doesn't know
            "alpha": LONG,
            "text": WORDS,
            "accuracy": 0.9 + index / 100,
            "flag": True,
            "nothing": None,
            "more": dict(list(keys.items())[80:]),
        }
        | dict(list(keys.items())[:80])
    )


def files():
    """Files whose order tells a sorting by code points from one that people know."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["name", "loss", "count", "rate"])
    writer.writerows(
        [f"row {n}", 0.12345678901234567 / (n + 1), n * 1234, 1e-9 * n] for n in range(120)
    )
    paths = ["Zoo.txt", "apple.txt", "img10.txt", "img2.txt", "Model/part1.bin", "data/b.txt"]
    return {
        **{path: path.encode() for path in paths},
        f"{LONG}.txt": b"long",
        f"{LONG}/{LONG}.txt": b"deep",
        "table.csv": table.getvalue().encode(),
        "README.md": f"# {LONG}\n\n{WORDS}\n\n> [!WARNING]\n> Not for flight.\n".encode(),
        "keys.json": b'{"zeta": 1, "alpha": {"y": 2, "x": 3}}',
    }


@made_once
def make_crowd():
    """Make all of it; return the linked version that was linked last."""
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    vision = Team.objects.get(entity__name="vision")
    for number in range(PROJECTS - 1):
        create_project(by=alice, entity_name=vision.entity.name, name=f"{number:02}-{LONG}"[:120])
    ana, ben = Client(alice), Client(bob)
    linked = None
    for index in range(3):
        linked = _log(ben if index else ana, ana, index)
    collection = linked.collection
    add_collection_tags(by=alice, collection=collection, names=TAGS)
    Collection.objects.filter(pk=collection.pk).update(description=f"# {LONG}\n\n{WORDS * 9}\n")
    project = Project.objects.get(entity=vision.entity, name=LONG)
    for number in range(60):
        with ben.run(f"vision/{project.name}", f"{number:02}-{LONG}", job_type=LONG) as run:
            run.log({f"loss/{LONG}": 1 / (number + 1)})
            run.use(linked)
    return linked


def _log(client, linker, index):
    config = {f"{LONG}-{number}": number / 7 for number in range(40)}
    with client.run(f"vision/{LONG}", f"train-{index}-{LONG}", config=config, tags=[LONG]) as run:
        for step in range(12):
            run.log({f"metric_{n:02}": math.sin(step * n) * 10**n for n in range(METRICS)})
        run.print(f"\x1b[1;31m{LONG}\x1b[0m {WORDS}")
        run.print("\x1b[38;5;208morange\x1b[0m \x1b[41mon red\x1b[0m")
        run.print(WORDS, level="error")
        version = run.log_artifact(
            LONG,
            "model",
            files() | {"index.txt": str(index).encode()},
            description=WORDS,
            metadata=metadata_of(index),
            aliases=aliases_of(index),
            tags=TAGS,
        )
    return linker.link(version, TARGET, aliases_of(index))


def addresses(linked: Membership) -> list[str]:
    """The main pages that show it."""
    version = Version.objects.get(pk=linked.version_id)
    run = version.run
    model, project = "/orgs/Acme/registry/model", f"/vision/{LONG}"
    sequence = f"{project}/artifacts/model/{LONG}"
    pair = "&".join(f"version=vision/{LONG}/{LONG}:v{n}" for n in (0, 1))
    return [
        "/",
        "/orgs/Acme/registry/",
        model,
        f"{model}/{LONG}",
        f"{model}/{LONG}?metrics=1&choose=1",
        f"{model}/{LONG}/-/history",
        f"{model}/-/history",
        "/-/activity",
        *(
            f"{model}/{LONG}/v2{tab}"
            for tab in ("", "/metadata", "/usage", "/usage?kind=downloads", "/files", "/lineage")
        ),
        *(
            f"{model}/{LONG}/v2/files?file={path}"
            for path in ("table.csv", "README.md", "keys.json", f"{LONG}/{LONG}.txt")
        ),
        f"/orgs/Acme/registry/-/search?q={LONG}",
        "/orgs/Acme/registry/-/search?q=rc",
        "/orgs/Acme",
        "/orgs/Acme/registry/model/settings/members",
        "/orgs/Acme/registry/model/-/why?names=bob",
        "/vision",
        "/vision/settings",
        project,
        f"{project}/runs/{run.name}",
        f"{project}/artifacts",
        f"{project}/artifacts/model",
        sequence,
        f"{sequence}?metrics=1&choose=1",
        f"{sequence}/v2",
        f"{project}/-/trash",
        f"/-/compare?{pair}",
        f"/-/compare?version=vision/{LONG}/{LONG}:v0",
        f"/-/histories?{pair}",
        "/settings",
    ]
