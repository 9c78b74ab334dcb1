"""By which name a run asked for what it used: the SDK says it a request before it uses it."""

import pytest

from artifacts.models import Download, RunInput

pytestmark = [pytest.mark.sdk, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = """
def used(name, then=lambda artifact: None):
    with wandb.init(entity="vision", project="p", id=name.replace(":", "-")) as run:
        then(run.use_artifact(f"iris-model:{name}"))

with wandb.init(entity="vision", project="p", id="made") as run:
    artifact = wandb.Artifact("iris-model", "model")
    with artifact.new_file("weights") as file:
        file.write("1")
    run.log_artifact(artifact, aliases=["best"]).wait()
forget()
used("v0")
used("latest", lambda artifact: artifact.download())
used("best", lambda artifact: artifact.download())
with wandb.init(entity="vision", project="p", id="both") as run:
    first = run.use_artifact("iris-model:best")
    again = run.use_artifact("iris-model:v0")
with wandb.init(entity="vision", project="p", id="by-object") as run:
    run.use_artifact(wandb.Api().artifact("vision/p/iris-model:best"))
"""


def test_each_use_in_a_row_has_the_name_that_the_script_said(sdk, alice, vision):
    sdk(alice, SCRIPT)
    used = RunInput.objects.order_by("pk").values_list("run__name", "reference")
    assert list(used) == [
        ("v0", "v0"),
        ("latest", "latest"),
        ("best", "best"),
        ("both", "best"),
        ("by-object", "best"),
    ]
    assert set(RunInput.objects.values_list("collection__name", flat=True)) == {"iris-model"}
    assert set(Download.objects.values_list("reference", flat=True)) <= {"latest", "best"}
