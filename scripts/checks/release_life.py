"""Changes the demo data before a release's dump is made of it: see scripts/checks/release.py.

Deleted, held, waiting and saved things have rows of their own, which the demo does not make.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
django.setup()

from artifacts.models import Collection, Project, Run, RunLine, Version  # noqa: E402
from artifacts.services.collections.collections import delete_collection, update_collection  # noqa: E402
from artifacts.services.projects import delete_project, rename_project  # noqa: E402
from artifacts.services.retention.holds import place_hold  # noqa: E402
from artifacts.services.retention.rules import set_retention_rule  # noqa: E402
from artifacts.services.runs.control import delete_run  # noqa: E402
from artifacts.services.saved_views import create_saved_view  # noqa: E402
from artifacts.services.trash.trash import delete_version  # noqa: E402
from registries.services.access.requests import request_registry_access  # noqa: E402
from registry_site.accounts.models import Organization, Team, User  # noqa: E402
from registry_site.accounts.services.invitations import invite  # noqa: E402

LINES = 8  # lines of a run's history that are enough


def main() -> None:
    people = {user.username: user for user in User.objects.all()}
    ana, omar = people["ana"], people["omar"]
    delete(ana, omar)
    keep(ana)
    flowers = Team.objects.get(entity__name="flowers")
    invite(by=ana, team=flowers, email="guest@elsewhere.example")
    organization = Organization.objects.get()
    request_registry_access(by=omar, organization=organization, name="model", role="admin")
    RunLine.objects.filter(line__gte=LINES).delete()


def delete(ana: User, omar: User) -> None:
    """Delete one of each kind."""
    projects = Project.objects.in_bulk(field_name="pk")
    by_name = {project.name: project for project in projects.values()}
    delete_project(by=omar, project=by_name["balcony"])
    rename_project(by=ana, project=by_name["openings"], name="first-lines")
    delete_run(by=ana, run=Run.objects.filter(project=by_name["iris"]).earliest("pk"))
    empty = Collection.objects.get(name="tulip-classifier")
    delete_collection(by=ana, collection=empty)
    reports = Collection.objects.get(name="iris-reports")
    update_collection(by=ana, collection=reports, name="iris-cards")
    unlinked = Version.objects.exclude(memberships__collection__kind="portfolio")
    version = unlinked.filter(sequence__name="iris-classifier").latest("pk")
    delete_version(by=ana, version=version, with_aliases=True)


def keep(ana: User) -> None:
    """Place a hold, set a retention rule, save a view."""
    sequence = Collection.objects.get(name="iris-classifier", kind="sequence")
    place_hold(by=ana, thing=sequence.versions.committed().earliest("pk"), reason="An audit.")
    set_retention_rule(by=ana, collection=sequence, rule={"keep_newest": 5})
    create_saved_view(
        by=ana,
        project=sequence.project,
        table="runs",
        name="Failed",
        query="state=failed",
        is_shared=True,
    )


if __name__ == "__main__":
    main()
