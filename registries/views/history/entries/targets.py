"""What an event is about: its name then, and its address now.

A deleted thing keeps the address that it had: its page says when it was deleted, and by whom.
"""

from django.urls import NoReverseMatch, reverse

from artifacts.models import Collection, Membership, Project
from registries.services.history.reading import Reading, number_in
from registries.views.history.entries.sentence import Part
from registry_site.accounts.models import Event, Kind


def collection_of(event: Event, reading: Reading) -> Part | None:
    """Return the collection that many kinds of events are about, None for other kinds."""
    pk = event.subject_id or 0
    if event.kind == Kind.VERSION and reading.may_open(event):
        version = reading.versions.get(pk)
        collection = version.sequence if version else None
    else:
        collection = reading.collections.get(pk) if event.kind == Kind.COLLECTION else None
    return Part(collection.name, _address(collection)) if collection else None


def thing_of(event: Event, reading: Reading, here: Membership | None = None) -> Part:
    """Return the thing as it was called then, with its address."""
    return Part(_name(event, reading, here), target_of(event, reading, here))


def target_of(event: Event, reading: Reading, here: Membership | None = None) -> str:
    """Return the address of what the event is about, "" where that has none."""
    try:
        return _target(event, reading, here)
    except NoReverseMatch:  # no address may contain this name any more
        return ""


def place_of(event: Event, reading: Reading) -> Part | None:
    """Return where it happened: the collection, else the registry or project."""
    if not reading.may_open(event):
        return None
    collection = reading.collections.get(event.subject_id or 0)
    if event.kind == Kind.COLLECTION and collection:
        return Part(_path(collection), _address(collection))
    project = reading.projects.get(event.project_id or 0)
    if project is None or event.kind in {Kind.REGISTRY, Kind.PROJECT}:
        return None
    return Part(_project_name(project), project.get_absolute_url())


def _name(event: Event, reading: Reading, here: Membership | None) -> str:
    if event.kind == Kind.VERSION and not reading.may_open(event):
        return str(here) if here is not None else "–"
    if event.kind == Kind.PROJECT:
        project = reading.projects.get(event.project_id or 0)
        return event.subject if project is None else _project_name(project)
    if event.kind in {Kind.COLLECTION, Kind.VERSION, Kind.RUN, Kind.RUN_FILE, Kind.SAVED_VIEW}:
        return event.subject.rpartition("/")[2]
    return event.subject


def _target(event: Event, reading: Reading, here: Membership | None) -> str:
    pk = event.subject_id or 0
    if event.kind == Kind.VERSION:
        return _version(event, reading, here)
    if event.kind == Kind.COLLECTION and pk in reading.collections:
        return _in_collection(event, reading.collections[pk])
    if event.kind in {Kind.RUN, Kind.RUN_FILE} and pk in reading.runs:
        return reading.runs[pk].get_absolute_url()
    if event.kind == Kind.TEAM and pk in reading.teams:
        return reading.teams[pk].entity.get_absolute_url()
    if event.kind == Kind.ORGANIZATION and pk in reading.organizations:
        return reverse("registries:organization_people", args=[reading.organizations[pk].name])
    if event.kind == Kind.ENTITY and pk in reading.entities:
        return reading.entities[pk].get_absolute_url()
    project = reading.projects.get(event.project_id or 0)
    return project.get_absolute_url() if project and reading.may_open(event) else ""


def _version(event: Event, reading: Reading, here: Membership | None) -> str:
    version = reading.versions.get(event.subject_id or 0)
    if version is None or version.version_index is None:
        return ""
    if not reading.may_open(event):
        return here.get_absolute_url() if here is not None else ""
    source = Membership(collection=version.sequence, version=version, index=version.version_index)
    return source.get_absolute_url()


def _in_collection(event: Event, collection: Collection) -> str:
    """Return the page of the version that an event names by its number, or by an alias it got."""
    numbers = (
        number_in(text)
        for text in (event.subject, event.after, event.before)
        if isinstance(text, str) and ":" in event.subject
    )
    number = next((each for each in numbers if each is not None), None)
    if number is None:
        return _address(collection)
    return Membership(collection=collection, index=number).get_absolute_url()


def _address(collection: Collection) -> str:
    try:
        return collection.get_absolute_url()
    except NoReverseMatch:
        return ""


def _path(collection: Collection) -> str:
    project = collection.project
    within = project.registry_name if project.is_registry else str(project)
    return f"{within}/{collection.name}"


def _project_name(project: Project) -> str:
    return project.registry_name if project.is_registry else str(project)
