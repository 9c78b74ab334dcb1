"""Hostile names of files and references: nothing leads out of where it belongs."""

import base64
import json

import pytest

from artifacts.formats.file_names import plain_name
from artifacts.models import Manifest, RunFile
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.hostile import assert_refused
from tests.helpers.rights import all_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


NAMES = [
    "..", "../x", "a/../../x", "/etc/passwd", "//x", "", "a/..", "../" * 200 + "x", "a/../b",
    "../../sha256/00", "x/" * 99 + "..", "./../x", "..//x",
]  # fmt: skip


def names():
    """Tricks at the beginning, in the middle and at the end of a path."""
    yield from {f"as it is {name[:20]!r} {len(name)}": name for name in NAMES}.items()
    for part in ("..", ".", "", "./..", "../..", "../.", "..//..", "././.", "/", "../" * 50 + ".."):
        for label, name in {
            "first": f"{part}/x",
            "middle": f"a/{part}/x",
            "last": f"a/{part}",
            "deep": f"{'d/' * 40}{part}/x",
            "rooted": f"/{part}/x",
            "twice": f"{part}/a/{part}",
        }.items():
            yield f"{label} {part[:9]!r}", name
    for sign in "\1\a\b\t\n\r\x1b\x1f\x7f":  # the door to /graphql replaces NUL
        for label, name in {
            "first": f"{sign}x",
            "middle": f"a/{sign}/x",
            "last": f"x{sign}",
        }.items():
            yield f"{label} {sign!r}", name
    for length in (2049, 5000, 10**5):
        for sign in "aé\U0001f600":
            yield f"{length} {sign}", sign * length
    yield "deep", "d/" * 2000 + "x"
    for name in (
        r"..\x",
        r"a\..\..\x",
        r"a\..",
        "..\\",
        r"a/..\x",
        r"a\../x",
        r"\x",
        "\\",
        "c:/x",
        r"C:\x",
        r"\\host\share\x",
        r"\\?\C:\x",
        r"\\.\NUL",
    ):
        yield f"on Windows {name!r}", name


def test_paths_of_files(answer, world, settings):
    """Of artifacts, of runs, and in manifests: none leads out of where it belongs."""
    artifact = encode_id("Artifact", world.team.begun.pk)

    def announce(name):
        given = {"artifactFiles": [{"artifactID": artifact, "name": name, "md5": MD5}]}
        return answer.graphql(
            "mutation($i: CreateArtifactFilesInput!) { createArtifactFiles(input: $i) "
            "{ files { totalCount } } }",
            {"i": given},
        )

    def run_file(name):
        given = {"entityName": "vision", "projectName": "iris", "runName": "r1", "files": [name]}
        return answer.graphql(
            "mutation($i: CreateRunFilesInput!) { createRunFiles(input: $i) { runID } }",
            {"i": given},
        )

    cases = dict(names())
    assert len(cases) > 100
    assert_refused(cases, announce)
    # those of runs are written plain first, as the SDK does: what then stays inside is a name
    plain = {label: name for label, name in cases.items() if plain_name(name) == name}
    outside = {label: name for label, name in cases.items() if plain_name(name).startswith("..")}
    rooted = {label: name for label, name in cases.items() if name.startswith("/")}
    assert min(len(plain), len(outside), len(rooted)) > 10
    assert_refused(plain | outside | rooted, run_file)
    for name in cases.keys() - plain.keys() - outside.keys() - rooted.keys():
        run_file(cases[name])
    for name in RunFile.objects.values_list("name", flat=True):
        assert plain_name(name) == name
        assert not name.startswith(("..", "/"))
    assert_commit_refused(
        answer,
        world,
        {
            label: {name: {"digest": MD5, "size": 1, "ref": "s3://bucket/x"}}
            for label, name in {**cases, "NUL": "a\0b"}.items()
        },
    )
    assert {path.parts[0] for path in _files(settings.STORAGE_FOLDER)} <= {"sha256"}


def folders():
    """A file, and something that lies in it as if it were a folder."""
    names = [
        "a",
        "a.txt",
        "a/b",
        "A/b c/ü",
        "日本/語",
        ".hidden",
        "...",
        "a:b",
        "a\\b",
        "%2e",
        "con",
        "x" * 900,
        "d/" * 90 + "f",
        "-",
        "\U0001f600",
        "wandb_manifest.json",
        "a b",
    ]
    below = ["x", "x/y/z", "a", ".x", "ü", "%2f"]
    for name in names:
        for rest in below:
            ref = {"digest": "e", "size": 1, "ref": "s3://b/x"}
            yield (
                f"{name[:20]} in {rest}",
                {f"{name}/{rest}": ref, name: {"digest": MD5, "size": 1}},
            )


def test_files_that_are_folders(answer, world):
    cases = dict(folders())
    assert len(cases) > 100
    assert_commit_refused(answer, world, cases)


# what people name their files: no client is led anywhere by these
USUAL_NAMES = [
    "a", "a/b", ".hidden", "...", "..a", "a..", "a/..b/c", "a b", "ü", "u\u0308", "日本/語.txt",
    "con", "NUL.txt", "a:b", "C:x", "a\\b", "-rf", "%2e%2e", "%2e%2e%2fx", "a?b#c", "\U0001f600",
    "<b>", "'", '"', "a&b", "wandb_manifest.json", "~", "$HOME", "*", "|", ";", "{{ x }}",
    "{% x %}", "\u202ex",
]  # fmt: skip
# what they refer to; ids of others stand there as text and open nothing
USUAL_REFERENCES = [
    "s3://bucket/key", "gs://bucket/a b#1", "https://host.example/x?y=z", "http://u:p@host.example/x",
    "file:///etc/passwd", "file://../../x", "abfs://c@a.example/x", "magnet:?xt=urn:btih:0", "x:y",
    "wandb-artifact://4172746966616374/x", "wandb-client-artifact://nobody/x", "custom+v1.0://é",
]  # fmt: skip


def test_usual_names_and_references(answer, client, world):
    """They are kept and told as they are; only addresses of the web become links on the page."""
    references = USUAL_REFERENCES + [
        reference_to(each)
        for each in (world.team.begun, world.team.version, world.personal.version)
    ]
    contents = {
        **{name: {"digest": "e", "size": 1, "ref": "s3://b/k"} for name in USUAL_NAMES},
        **{f"r/{n}": {"digest": "e", "size": 1, "ref": ref} for n, ref in enumerate(references)},
    }
    response = commit(answer, world, contents)[0]
    assert response.status_code == 200, response.content
    listed = answer.graphql(
        'query { project(name: "iris", entityName: "vision") { artifactCollectionMembership('
        'name: "weights:latest") { files(first: 1000) { edges { node { name: displayName '
        "directUrl } } } } } }"
    )[0].json()["data"]["project"]["artifactCollectionMembership"]["files"]["edges"]
    found = {edge["node"]["name"]: edge["node"]["directUrl"] for edge in listed}
    assert found == {name: given["ref"] for name, given in contents.items()}
    client.force_login(world.people["bob"])
    page = client.get("/vision/iris/artifacts/model/weights/latest/files?folder=r").content.decode()
    linked = {ref for ref in references if f'href="{ref}"' in page}
    assert linked == {ref for ref in references if ref.startswith("http")}


def reference_to(version):
    return f"wandb-artifact://{base64.b64decode(encode_id('Artifact', version.pk)).hex()}/x"


def references():
    """Texts that are no address, or one that a browser would run."""
    for scheme in ("javascript", "JavaScript", "vbscript", "data", "DATA"):
        for rest in (
            ":",
            ":x",
            ":alert(1)",
            "://host/x",
            ":text/html,<script>alert(1)</script>",
            "://%0aalert(1)",
            ":text/html;base64,PHNjcmlwdD4=",
        ):
            yield f"{scheme}{rest}", scheme + rest
    for text in (
        "x",
        "/etc/passwd",
        "../x",
        "//host/x",
        "C\\x",
        "1s3://b/x",
        "-a://b",
        "+a://b",
        ".a:x",
        ":",
        "://",
        ":x",
        "s3",
        "s3:",
        "http",
        "http:",
        "é://b",
        "s_3://b",
        "s 3://b",
        "<a>:x",
        "%73%33://b",
        "(s3)://b",
        "'",
        '"',
        "\\\\host\\x",
        "?x:y",
        "#x:y",
        "@x:y",
        "a/b:c",
        "\ufeffs3://b",
        "\u200bs3://b",
        "\u202es3://b",
        "ｊavascript:x",
    ):
        yield f"no address {text!r}", text
    for sign in "\0\1\t\n\r\x1b\x7f":
        for text in (
            f"{sign}s3://b/x",
            f"s{sign}3://b/x",
            f"s3:{sign}//b/x",
            f"s3://b/{sign}x",
            f"s3://b/x{sign}",
            f"java{sign}script:x",
        ):
            yield f"sign {text!r}", text
    yield "blank behind the scheme", "s3: //b"
    for length in (4097, 10**5):
        yield f"long {length}", "s3://bucket/" + "x" * (length - 12)
    for value in (True, 1, 1.5, [], ["s3://b"], {"a": 1}, [[]]):
        yield f"is {value!r}", value or [0]


def test_references(answer, world):
    cases = {label: {"x": {"digest": "e", "size": 1, "ref": ref}} for label, ref in references()}
    assert len(cases) > 100
    assert_commit_refused(answer, world, cases)


MD5 = "XrY7u+Ae7tCTyyK7j1rNww=="


def assert_commit_refused(answer, world, cases):
    """A manifest with these contents can't be committed; only the manifest's own row changes."""
    wrong = []
    for label, contents in cases.items():
        response, bad, changed = commit(answer, world, contents)
        if bad or response.status_code < 400 or changed:
            wrong.append((label, bad or response.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def commit(answer, world, contents):
    """Commit what was begun with these contents; also whether that changed any row."""
    artifact = encode_id("Artifact", world.team.begun.pk)
    text = json.dumps(
        {
            "version": 1,
            "storagePolicy": "wandb-storage-policy-v1",
            "storagePolicyConfig": {},
            "contents": contents,
        }
    ).encode()
    manifest = Manifest.objects.filter(version=world.team.begun)
    manifest.update(blob=factories.make_blob(text))
    before = all_rows()
    response, bad = answer.graphql(
        "mutation($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { id } } }",
        {"id": artifact},
    )
    return response, bad, all_rows() != before


def _files(folder):
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
