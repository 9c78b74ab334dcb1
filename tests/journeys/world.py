"""What the journeys walk through, made by the operations that the SDK and the forms call.

Acme has its core registries; `Zoo`, where everybody but its admin only reads; `Archive`, whose
files they may not open; and `Vault`, which they don't know of. The team vision logged to its
project `vision/iris`; Bob logged to his personal entity, too.
"""

from dataclasses import dataclass
from io import BytesIO

from django.utils import timezone

from artifacts.models import Collection, Job, LegalHold, Membership, Project, Run, SavedView
from artifacts.services.collections.collections import create_collection, update_collection
from artifacts.services.collections.tags import add_collection_tags
from artifacts.services.deletion.job_kinds import VERSIONS
from artifacts.services.files.uploads import receive_upload
from artifacts.services.jobs.jobs import create_job, settle
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.runs.files import create_run_files
from artifacts.services.saved_views import create_saved_view
from artifacts.services.usage.usage import record_download
from artifacts.signing import upload_path
from registries.demo.client import Client
from registries.models import AccessRequest
from registries.services.access.requests import request_registry_access
from registries.services.registry.creation import create_core_registries, create_registry
from registries.services.registry.renaming import rename_registry
from registry_site.accounts.models import ApiKey, Event, Organization, Team, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.invitations import invite
from registry_site.accounts.services.keys.handover import create_key_to_show
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.accounts.services.members import set_organization_member
from registry_site.accounts.services.people import create_team, create_user
from tests.helpers.made_once import made_once

CARD = "Tells **irises** apart.\n\n| metric | value |\n|---|---|\n| accuracy | 0.97 |\n"
FILES = {
    "README.md": b"# Model\n",
    "model.json": b'{"bias": 1}',
    "reports/confusion.csv": b"a,b\n1,2\n",
}


@dataclass
class World:
    run: Run
    logged: Membership  # vision/iris/iris-model:v2, linked nowhere yet
    linked: Membership  # acme/wandb-registry-model/iris-classifier:v1
    personal: Membership  # bob/scratch/petals:v0
    empty: Collection  # acme/wandb-registry-model/empty-shelf
    view: SavedView  # of the runs of vision/iris, shared by Bob
    hold: LegalHold  # on empty-shelf once, lifted by Alice
    key: ApiKey  # Bob's
    service: User  # of vision
    request: AccessRequest  # of Bob, for Member in Archive
    card: Event  # Alice wrote the card of iris-classifier
    job: Job  # Bob wanted to delete the version that is in production: refused

    def fill(self, address):
        """Put the numbers of rows into an address."""
        return address.format(
            run=self.run.name,
            linked=self.linked.pk,
            logged=self.logged.version_id,
            personal=self.personal.version_id,
            project=self.view.project_id,
            collection=self.linked.collection_id,
            view=self.view.pk,
            hold=self.hold.pk,
            key=self.key.pk,
            service=self.service.username,
            request=self.request.pk,
            card=self.card.pk,
            job=self.job.pk,
            sequence=self.logged.collection_id,
        )


@made_once
def make_world():
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    acme = Organization.objects.get(name="Acme")
    models = create_core_registries(acme)[0].project
    models.protected_aliases.create(name="production")
    zoo = create_registry(by=alice, organization=acme, name="Aviary", description="All *animals*.")
    rename_registry(by=alice, registry=zoo, name="Zoo")
    record_former_use(by=bob, project=zoo.project, project_name="wandb-registry-Aviary")
    vault = create_registry(by=alice, organization=acme, name="Vault", access="restricted")
    archive = create_registry(by=alice, organization=acme, name="Archive")
    Project.objects.filter(pk=archive.project_id).update(default_role=Role.RESTRICTED_VIEWER)

    ana, ben = Client(alice), Client(bob)
    with ana.run("vision/iris", "prepare", job_type="prepare") as run:
        data = run.log_artifact("iris-data", "dataset", {"iris.csv": b"5.1,3.5\n"})
    ana.link(data, "acme/wandb-registry-dataset/iris-data")
    versions = [_train(ben, rate) for rate in (0.1, 0.5, 0.9)]
    target = "acme/wandb-registry-model/iris-classifier"
    ana.link(versions[0], target, ["production"])
    linked = ana.link(versions[1], target, ["staging"])
    add_collection_tags(by=alice, collection=linked.collection, names=["tabular"])
    update_collection(by=alice, collection=linked.collection, description=CARD)
    card = Event.objects.latest("pk")
    for registry in (archive, vault):
        ana.link(versions[0], f"acme/{registry.project.name}/kept")
    with ben.run("bob/scratch", "at-home") as run:
        run.log_artifact("petals", "model", FILES)
    with ben.run("vision/iris", "score", job_type="score") as run:
        run.use(linked)
    record_download(by=bob, membership=linked, reference="staging")
    vision = Team.objects.get(entity__name="vision")
    trained = Run.objects.get(display_name="train-0.5")
    [notes] = create_run_files(by=bob, run=trained, names=["notes.txt"])
    token = upload_path("run_file", notes.pk).rpartition("/")[2]
    receive_upload(token=token, read=BytesIO(b"tried").read, length=5)
    service = create_service_account(by=alice, team=vision, description="Nightly training")
    invite(by=alice, team=vision, email="dora@example.com")
    invite(by=alice, team=vision, username="charlie")
    nora = create_user(
        by=None, username="nora"
    )  # so that bob stays in one team, which forms choose by themselves
    set_organization_member(by=None, organization=acme, user=nora, role="member")
    nlp = create_team(by=nora, organization=acme, name="nlp")
    invite(by=User.objects.get(pk=nora.pk), team=nlp, username="charlie")
    empty = create_collection(by=alice, project=models, name="empty-shelf", type_name="model")
    view = create_saved_view(
        by=bob,
        project=versions[0].sequence.project,
        table="runs",
        name="Failed",
        query="state=failed",
        is_shared=True,
    )
    asked = versions[0]
    job = create_job(
        by=bob,
        kind=VERSIONS,
        project=asked.sequence.project,
        about="vision/iris/iris-model",
        things=[(asked.pk, str(asked))],
        page=asked.sequence.get_absolute_url(),
    )
    job = settle(job)
    return World(
        job=job,
        view=view,
        run=trained,
        logged=ana.find("vision/iris/iris-model:v2"),
        linked=linked,
        personal=ben.find("bob/scratch/petals:v0"),
        empty=empty,
        hold=LegalHold.objects.create(
            organization=acme,
            collection=empty,
            reason="Audit",
            placed_by=alice,
            lifted_by=alice,
            lifted_at=timezone.now(),
            lift_reason="The audit is over.",
        ),
        key=create_key_to_show(by=bob, user=bob, name="laptop"),
        service=service,
        request=request_registry_access(
            by=User.objects.get(pk=bob.pk),
            organization=acme,
            name="Archive",
            role="member",
            note="For the spring release.",
        ),
        card=card,
    )


def _train(client, rate):
    name = f"train-{rate}"
    config = {"rate": rate, "layers": [4, 3]}
    with client.run("vision/iris", name, job_type="train", config=config) as run:
        run.use(client.find("vision/iris/iris-data:v0"))
        for epoch in range(3):
            run.log({"epoch": epoch, "accuracy": round(rate * (epoch + 1) / 3, 3)})
        run.print("trained")
        return run.log_artifact(
            "iris-model",
            "model",
            {**FILES, "model.json": f'{{"rate": {rate}}}'.encode()},
            description="Softmax.",
            metadata={"rate": rate, "shape": [4, 3]},
            tags=["softmax"],
        )
