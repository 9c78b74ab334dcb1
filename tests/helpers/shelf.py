"""Registries with collections, links, aliases, tags and metadata, for what lists them."""

from artifacts.models import Membership
from registries.models import Registry
from tests import factories


def make_shelf(acme, sequence, by):
    """Registry a (organization) has a0 (empty), a1 and a2, registry b (restricted) has b1.

    Versions v0 to v2 of the sequence have metadata, sizes 300, 100 and 200, and tags t0 to t2.
    Returns the registries' projects, the versions and the collections by name.
    """
    made = {}
    for name, access in (("a", "organization"), ("b", "restricted")):
        made[name] = factories.make_registry_project(
            acme, name, access=access, description=f"about {name}"
        )
        Registry.objects.create(organization=acme, project=made[name], name=name)
    for number, loss in enumerate([0.5, 0.25, "none"]):
        metadata = {"loss": loss, "deep": {"n": number}}
        version = factories.make_version(sequence, by=by, metadata=metadata)
        version.size = [300, 100, 200][number]
        version.save(update_fields=["size"])
        version.tags.create(name=f"t{number}")
        made[f"v{number}"] = version
    for name, links in {"a1": ["v0", "v1"], "a2": ["v1", "v2"], "b1": ["v2"], "a0": []}.items():
        made[name] = factories.make_collection(made[name[0]], name, description=f"card {name}")
        for version in links:
            factories.make_membership(made[name], made[version])
    made["a1"].tags.create(name="gold")
    first = Membership.objects.get(collection=made["a1"], index=0)
    first.aliases.create(collection=made["a1"], name="best")
    return made
