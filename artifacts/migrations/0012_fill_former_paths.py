"""Write down the paths that were left before they were written down: which numbers each gave, and
where it leads. What is deleted still has its row; for the rest the events know."""

import re

from django.db import migrations

NUMBERED = re.compile(r"([^/]+)/([^/]+)/(.+):v(\d+)")
PREFIX = "wandb-registry-"


def fill(apps, schema_editor):
    Collection = apps.get_model("artifacts", "Collection")
    CollectionPath = apps.get_model("artifacts", "CollectionPath")
    standing, paths = {}, {}
    for path, pk, next_index, is_deleted in _collections(Collection):
        if is_deleted:
            paths[path] = max(next_index, paths.get(path, (0,))[0]), pk
        else:
            standing[path] = pk, next_index
    for path, number in _numbered(apps):
        spent, collection = paths.get(path, (0, None))
        paths[path] = max(spent, number + 1), collection
    for path, collection in _renamed(apps, {pk: path for path, (pk, _next) in standing.items()}):
        if path not in standing:
            paths[path] = paths.get(path, (0,))[0], collection
    for path, (pk, next_index) in standing.items():
        spent, _collection = paths.pop(path, (0, None))
        if spent > next_index:
            Collection._base_manager.filter(pk=pk).update(next_index=spent)
    CollectionPath.objects.bulk_create(
        (
            CollectionPath(
                entity_id=entity,
                project_name=project,
                name=name,
                next_index=spent,
                collection_id=collection,
            )
            for (entity, project, name), (spent, collection) in paths.items()
        ),
        batch_size=500,
    )


def _collections(Collection):
    """Each collection's path, key and next number, and whether it was deleted."""
    rows = Collection._base_manager.order_by("pk").values_list(
        "pk", "name", "next_index", "deleted_at",
        "project", "project__name", "project__entity", "project__deleted_at",
    )  # fmt: skip
    for pk, name, next_index, deleted_at, key, project, entity, project_deleted_at in (
        rows.iterator()
    ):
        # a deleted project has its key and a slash before the name, or later behind it
        project_name = project.removeprefix(f"{key}/").removesuffix(f"/{key}")
        yield (entity, project_name, name), pk, next_index, bool(deleted_at or project_deleted_at)


def _numbered(apps):
    """Each number that was given, and its path."""
    entities = dict(apps.get_model("accounts", "Entity").objects.values_list("name", "pk"))
    events = apps.get_model("accounts", "Event").objects.filter(
        verb__in=["link", "create"], kind__in=["collection", "version"]
    )
    for subject in events.values_list("subject", flat=True).iterator():
        match = NUMBERED.fullmatch(subject)
        if match and match[1] in entities:
            yield (entities[match[1]], match[2], match[3]), int(match[4])


def _renamed(apps, path_of):
    """Each path that a collection left by a new name, and the collection."""
    events = apps.get_model("accounts", "Event").objects.filter(kind="collection", verb="update")
    names = events.order_by("pk").values_list("subject_id", "before__name", "after__name")
    for pk, before, after in names.iterator():  # without the cards, which they have too
        if pk in path_of and before and after and before != after:
            entity, project, _name = path_of[pk]
            yield (entity, project, before), pk


def fill_projects(apps, schema_editor):
    Project = apps.get_model("artifacts", "Project")
    alive = Project.objects.filter(deleted_at=None).in_bulk()
    taken = {(each.entity_id, each.name) for each in alive.values()}
    events = apps.get_model("accounts", "Event").objects.filter(verb="rename")
    for pk, kind, before in events.order_by("pk").values_list("project_id", "kind", "before"):
        name = before.get("name") if isinstance(before, dict) else None
        if name and pk in alive:
            name = PREFIX + name if kind == "registry" else name
            if (alive[pk].entity_id, name) not in taken:
                apps.get_model("artifacts", "ProjectPath").objects.update_or_create(
                    entity_id=alive[pk].entity_id, name=name, defaults={"project": alive[pk]}
                )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_default_ttl"),
        ("artifacts", "0011_former_paths"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_projects, migrations.RunPython.noop, elidable=True),
    ]
