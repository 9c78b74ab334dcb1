"""Makes the demo from nothing to its last link, in the order in which it would have happened."""

from django.db import connection, transaction

from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import create_collection, update_collection
from artifacts.services.collections.tags import add_collection_tags
from registries.demo import cards, flowers, other_teams
from registries.demo.client import Client
from registries.demo.credentials import write_credentials
from registries.demo.people import Cast, create_cast, registry_project, target_path
from registry_site.accounts.models import Event, Kind, Verb
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.keys.api_keys import create_api_key

MEASUREMENTS = target_path("dataset", "iris-measurements")
_LOCK = 1936  # the key of an advisory lock; SQLite has one writer anyway


def make_demo() -> bool:
    """Make the demo data if this database never had it, all or nothing; return whether it did."""
    if _was_made():
        return False
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if _was_made():
            return False  # another process made it a moment ago
        cast = _build()
        _key, text = create_api_key(by=cast.users["ana"], user=cast.users["ana"], name="demo")
        record_event(by=None, verb=Verb.CREATE, kind=Kind.DEMO, subject="demo data")
        # before the commit: useless passwords in a file are better than lost ones
        write_credentials(cast.passwords, api_key=text)
    return True


def _was_made() -> bool:
    return Event.objects.filter(kind=Kind.DEMO).exists()


def _build() -> Cast:
    cast = create_cast()
    ana, ken, omar = (Client(cast.users[name]) for name in ("ana", "ken", "omar"))
    ana.link(flowers.log_measurements(ana), MEASUREMENTS)
    for by_class in (False, True):
        part = flowers.log_split(ken, f"{MEASUREMENTS}:latest", by_class=by_class)
        ken.link(part, flowers.SPLITS)
    trained = flowers.train_all([ken, ana])
    _publish(ana, ken, trained)
    other_teams.log_digits(ken)
    other_teams.log_openings(ana)
    other_teams.log_personal(ken, omar)
    _describe(ana)
    _download(cast)
    return cast


def _publish(ana: Client, ken: Client, trained: list[flowers.Trained]) -> None:
    """Evaluate the best model of each algorithm; move the best of these to production."""
    best = {each.training.algorithm: each for each in sorted(trained, key=lambda each: each.rank)}
    results = [(chosen, flowers.evaluate(ken, chosen)) for chosen in best.values()]
    results.sort(key=lambda each: (each[1]["accuracy"], -each[1]["log_loss"]))
    rows: list[tuple[object, ...]] = []
    for chosen, tested in results:
        released = ana.link(chosen.version, flowers.FIELD_GUIDE)
        linked = ana.link(chosen.version, flowers.MODELS)
        accuracy = (f"{metrics['accuracy']:.3f}" for metrics in (chosen.metrics, tested))
        rows.insert(0, (linked.number, chosen.training.name, *accuracy))
    for membership in (linked, released):
        add_aliases(by=ana.user, membership=membership, names=["production"])
    card = cards.classifier(rows, linked=linked.collection.version_count, trained=len(trained))
    update_collection(by=ana.user, collection=linked.collection, description=card)


def _describe(ana: Client) -> None:
    described = {
        flowers.MODELS: ("", ["tabular", "classification"]),
        flowers.FIELD_GUIDE: (cards.FIELD_GUIDE, ["tabular"]),
        flowers.REPORTS: (cards.REPORTS, ["tabular"]),
        MEASUREMENTS: (cards.MEASUREMENTS, ["tabular", "public domain"]),
        flowers.SPLITS: (cards.SPLIT, ["tabular"]),
        other_teams.READERS: (cards.READERS, ["images", "classification"]),
        other_teams.DIGITS: (cards.DIGITS, ["images"]),
        other_teams.OPENINGS: (cards.OPENINGS, ["text", "public domain"]),
    }
    for path, (card, tags) in described.items():
        collection = ana.find(path).collection
        if card:
            update_collection(by=ana.user, collection=collection, description=card)
        add_collection_tags(by=ana.user, collection=collection, names=tags)
    create_collection(
        by=ana.user,
        project=registry_project("model"),
        name="tulip-classifier",
        type_name="model",
        description=cards.TULIPS,
        tags=["planned"],
    )


def _download(cast: Cast) -> None:
    """Record downloads from the registries; a nightly script of Ken's still uses another alias."""
    ken, mei, omar = (Client(cast.users[name]) for name in ("ken", "mei", "omar"))
    key, _text = create_api_key(by=ken.user, user=ken.user, name="nightly")
    ken.download(f"{flowers.MODELS}:candidate", key)
    mei.download(f"{flowers.MODELS}:production", mei.key)
    omar.download(f"{flowers.MODELS}:production")
    mei.download(f"{flowers.SPLITS}:latest")
    omar.download(f"{other_teams.OPENINGS}:latest")
