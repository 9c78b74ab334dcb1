"""Each snippet of the tab Usage runs as the page shows it, whatever the names."""

import html
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from artifacts.models import Download, RunInput
from registries.demo.client import Client as DemoClient
from registries.services.registry.creation import create_registry
from registry_site.accounts.services.keys.api_keys import set_api_key
from tests.helpers.graphql import key_of, sdk_environment

pytestmark = [pytest.mark.sdk, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FILES = {
    "it's a $(model) & “más”.bin": bytes(range(256)) * 40,
    "deep/er %41/weights.txt": b"deep",
}
NAME = 'it\'s a "größe" $(x) `y` #1 50% & 模型?'


@pytest.fixture
def place(acme, vision, alice):
    """A link in the registry `My Models`, in a collection with what a name may hold."""
    create_registry(by=alice, organization=acme, name="My Models")
    client = DemoClient(alice)
    with client.run("vision/iris", "train") as run:
        logged = run.log_artifact("iris-model", "model", FILES)
        run.log_artifact("iris-model", "model", {"newer": b""})
    target = f"acme/wandb-registry-My Models/{NAME}"
    client.link(logged, target, ["a b"])
    return client.link(logged, target, ["production"])


@pytest.fixture
def snippets(live_server, bob, place):
    """`snippets(query, name)`: the code blocks of the page, out of its HTML, by label."""

    def read(query, name=""):
        client = Client(headers={"host": live_server.url.removeprefix("http://")})
        client.force_login(bob)
        text = client.get(place.url_as(name or place.number, "usage") + query).content.decode()
        blocks = re.findall(
            r'<figcaption>\s*<span>(.*?)</span>.*?<code class="highlight">(.*?)</code></pre>',
            text,
            re.S,
        )
        return {label: html.unescape(re.sub("<[^>]*>", "", code)) + "\n" for label, code in blocks}

    return read


@pytest.fixture
def terminal(live_server, bob, tmp_path):
    """`terminal(code)` is what a person's shell does with the text, in an empty folder."""
    set_api_key(by=None, user=bob, name="terminal", text=key_of(bob))
    environment = sdk_environment("", key_of(bob), tmp_path)
    del environment["WANDB_BASE_URL"]  # the first snippet says it
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    environment["LANG"] = os.environ.get("LANG", "C.UTF-8")

    def run(code):
        done = subprocess.run(
            ["bash", "-euo", "pipefail"],
            input=code,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return tmp_path

    return run


def content_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def as_script(python, folder):
    (folder / "snippet.py").write_text(python + 'open("folder.txt", "w").write(folder)\n')
    return "python snippet.py\n"


@pytest.mark.parametrize("query", ["", "?as=production", "?as=a+b"])
def test_python_in_a_run_and_without(snippets, terminal, place, tmp_path, query):
    code = snippets(query)
    first = code["First: where this server is"]
    for label in ("In a run, which the lineage then shows", "Without a run"):
        terminal(first + as_script(code[label], tmp_path))
        assert content_below(Path((tmp_path / "folder.txt").read_text())) == FILES
    use = RunInput.objects.get()
    assert (use.version, use.collection) == (place.version, place.collection)
    name = query.removeprefix("?as=").replace("+", " ") or "v0"
    assert use.reference == name
    assert {row.reference for row in Download.objects.all()} == {name}


def test_the_name_without_the_organization(snippets, terminal, place, tmp_path):
    code = snippets("")
    python = code["Without a run"].replace('"acme/wandb-registry', '"wandb-registry')
    assert python != code["Without a run"]
    terminal(code["First: where this server is"] + as_script(python, tmp_path))
    assert content_below(Path((tmp_path / "folder.txt").read_text())) == FILES


@pytest.mark.parametrize("query", ["", "?as=production", "?as=a+b"])
def test_the_command_line(snippets, terminal, place, query):
    code = snippets(query)
    folder = terminal(code["First: where this server is"] + code["On the command line"])
    assert content_below(folder / place.collection.name) == FILES


@pytest.mark.parametrize(
    ("query", "name"), [("", "v0"), ("?as=production", "v0"), ("", "production"), ("", "a b")]
)
def test_curl(snippets, terminal, place, query, name):
    code = snippets(query, name)
    folder = terminal(code["One file by curl"] + code["All files by curl"])
    assert (folder / "weights.txt").read_bytes() == FILES["deep/er %41/weights.txt"]
    with zipfile.ZipFile(folder / f"{NAME}.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    row = Download.objects.get()
    assert row.version == place.version
    assert row.reference == (query.removeprefix("?as=") or name)
    assert row.key_name == "terminal"
