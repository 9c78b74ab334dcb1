"""`wandb verify`, by which people check a self-hosted server, on the server that they would run."""

import re

import pytest

from tests.helpers.cli import CommandLine
from tests.journeys.test_production_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.sdk]

GOOD, BAD = "\u2705", "\u274c"
HTTP = "not made over https"  # a proxy's business; of the tests' server on this machine, true
CHECKS = {
    "Checking if logged in": "",
    "Checking signed URL upload": "",
    "Checking ability to send large payloads through proxy": "",
    "Checking requests to base url": HTTP,
    "Checking requests made over signed URLs": HTTP,
    "Checking CORs configuration of the bucket": "",
    "Checking wandb package version is up to date": "",
    "Checking logged metrics, saving and downloading a file": "",
    "Checking artifact save and download workflows": "",
    # out of scope
    "Checking sweep creation and agent execution":
        "This server does not offer upsertSweep (UpsertSweep): it has no sweeps.",
}  # fmt: skip


def test_every_check_passes_or_says_why_not(tmp_path):
    server = Server(tmp_path)
    try:
        line = CommandLine(server, tmp_path)
        done = line.run("verify", "--host", line.address, TMPDIR=str(tmp_path))
    finally:
        server.stop()
    results = re.findall(
        rf"^(Checking .*?)\.+({GOOD}|{BAD})\n((?!Checking ).*\n)?", done.text, re.M
    )
    assert [name for name, _sign, _words in results] == list(CHECKS), done.text
    for name, sign, words in results:
        assert sign == (BAD if CHECKS[name] else GOOD), (name, words)
        assert CHECKS[name] in words, name
    assert done.status == 1  # for the sweeps
    assert "Report " not in line.log()  # no bug of ours
