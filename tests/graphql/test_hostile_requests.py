"""Requests that no client of ours sends: bodies, documents, filters, file names, addresses."""

import base64
import json
from urllib.parse import quote

import pytest

from artifacts.models import ArtifactFile, Manifest, RunFile
from artifacts.signing import download_path, upload_path
from registry_site.graphql.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of
from tests.helpers.hostile import Answer, nest
from tests.helpers.rights import all_rows

pytestmark = pytest.mark.django_db
QUERY = "{ viewer { id } }"


@pytest.fixture
def answer(client, world):
    return Answer(client, **auth_of(world.people["bob"]))


def assert_refused(cases, send):
    """Each answers 4xx with a sentence, within a second of work, and changes nothing."""
    before, wrong = all_rows(), []
    for label, case in cases.items():
        response, bad = send(case)
        if bad or response.status_code < 400:
            wrong.append((label, bad or response.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert all_rows() == before


def bodies():
    whole = json.dumps({"query": QUERY, "variables": {}}).encode()
    yield from {f"cut at {end}": whole[:end] for end in range(0, len(whole), 2)}.items()
    for value in (None, True, 0, 1.5, "x", [], [whole.decode()], {}, {"Query": QUERY}):
        yield f"is {value!r}"[:30], json.dumps(value).encode()
        yield f"query is {value!r}"[:30], json.dumps({"query": value}).encode()
    for value in (True, 1, -1.5, "x", "{}", [1], [{}]):
        yield f"variables are {value!r}", json.dumps({"query": QUERY, "variables": value}).encode()
    for name in ("Other", "__schema", "viewer", "\0", "a" * 10**5):
        yield (
            f"operation {name[:9]!r}",
            json.dumps({"query": QUERY, "operationName": name}).encode(),
        )
    for code in ("utf-16", "utf-32", "cp500"):
        yield code, whole.decode().encode(code)
    for junk in (b"\xff", b"\x00", b"\x80" * 99, b"PK\3\4", b"\x1f\x8b", b"<xml/>", b"a=b&c=d"):
        yield f"junk {junk[:4]!r}", junk
        yield f"junk behind {junk[:4]!r}", whole + junk
    for opening in (b"[", b'{"a":', b'["', b'{"query":['):
        yield f"open {opening!r}", opening * 50_000
    yield "digits", b'{"query": "{viewer{id}}", "variables": {"a": ' + b"9" * 10**5 + b"}}"
    yield "deep", json.dumps({"query": QUERY, "variables": nest(600, lambda at: {"a": at})})


def test_bodies(answer):
    cases = dict(bodies())
    assert len(cases) > 70
    assert_refused(cases, answer.raw)


def documents():
    for depth in (21, 100, 1000, 9000):
        yield f"depth {depth}", "{ viewer " + "{ teams " * depth + "{ id }" + "}" * depth + "}"
        yield f"list {depth}", "{ entity(name: " + "[" * depth + "1" + "]" * depth + ") { id } }"
        yield (
            f"object {depth}",
            "{ entity(name: " + "{a:" * depth + "1" + "}" * depth + ") { id } }",
        )
        yield f"types {depth}", "query($a: " + "[" * depth + "ID" + "]" * depth + "!) " + QUERY
        deep = "... { " * depth + "viewer { nothing }" + " }" * depth
        yield f"fragments {depth}", f"{{ {deep} }}"
    for count in (401, 3000):
        yield (
            f"aliases {count}",
            "{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(count)) + "}",
        )
        yield f"operations {count}", " ".join(f"query A{n} {QUERY}" for n in range(count))
        yield (
            f"variables {count}",
            ("query(" + " ".join(f"$v{n}: ID!" for n in range(count)) + ") " + QUERY),
        )
        yield f"directives {count}", "{ viewer " + "@include(if: true) " * count + "{ id } }"
        yield f"arguments {count}", "{ entity(" + 'name: "a" ' * count + ") { id } }"
        yield f"unknown {count}", "{ " + " ".join(f"x{n}" for n in range(count)) + " }"
    for length in (1, 2, 3, 30):
        ring = [f"fragment F{n} on Query {{ ...F{(n + 1) % length} }}" for n in range(length)]
        yield f"ring {length}", "{ ...F0 } " + " ".join(ring)
        chain = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(length)]
        last = f" fragment F{length} on Query {{ {'a: viewer { id }' * 401} }}"
        yield f"chain {length}", "{ ...F0 } " + " ".join(chain) + last
    for introspection in range(4, 9):
        yield f"types of types {introspection}", (
            "{ __schema { types " + "{ fields { type " * introspection * 2 + "{ name }"
            + " } }" * introspection * 2 + " } }"
        )  # fmt: skip
    bits = ["", " ", "#", "{", "}", '"', '"""', "$", "@", "...", "!", ":", "\\", "\0",
            "\ufeff", "query", "mutation", "query {", "{ a", "{ a b(", "{ viewer }",
            "{ viewer { id { id } } }", "{ nothing }", "{ viewer { nothing } }",
            "subscription { a }",
            "type A { b: Int }", "schema { query: Query }", "extend type Query { a: ID }",
            "fragment F on User { id }", "{ ...F }", "{ ... on Run { id } }",
            "{ viewer @skip { id } }",
            "{ viewer @nothing { id } }", "{ viewer { id: name id } }", "{ artifact { id } }",
            "{ artifact(id: $x) { id } }", "query($x: ID, $x: ID) { artifact(id: $x) { id } }",
            "query($x: Run) { viewer { id } }", "query($x: ID! = null) { artifact(id: $x) { id } }",
            '{ artifact(id: "x", id: "y") { id } }', "{ artifact(id: {}) { id } }",
            "mutation { addAliases { success } }", "mutation { addAliases(input: 1) { success } }",
            "mutation { viewer { id } }", "{ addAliases { success } }", "{ __type { name } }",
            "query Q { viewer { id } } query Q { viewer { id } }",
            "{ viewer { id } } { viewer { id } }",
            "{ users(first: 1.5) { totalCount } }", "{ users(first: 99999999999) { totalCount } }",
            '{ users(first: "1") { totalCount } }', "{ users(first: -1) { totalCount } }",
            "#" * 70_000, " " * 70_000 + QUERY, QUERY + "," * 70_000]  # fmt: skip
    yield from {f"bit {bit[:40]!r}{len(bit)}": bit for bit in bits}.items()


def test_documents(answer):
    cases = dict(documents())
    assert len(cases) > 90
    assert_refused(cases, answer.graphql)


LISTS = [
    'entity(name: "acme") { projects(filters: $value) { totalCount } }',
    'entity(name: "acme") { artifactCollections(filters: $value) { totalCount } }',
    'entity(name: "acme") { artifactMemberships(filters: $value) { totalCount } }',
    'project(name: "iris", entityName: "vision") { runs(filters: $value) { totalCount } }',
    'project(name: "iris", entityName: "vision") { artifactCollections(filters: $value) '
    "{ totalCount } }",
]


def filters():
    for operator in (
        "$eq",
        "$gt",
        "$in",
        "$nin",
        "$regex",
        "$contains",
        "$exists",
        "$size",
        "$all",
    ):
        yield f"top {operator}", {operator: "x"}
        yield f"unknown under {operator}", {"name": {operator: {"$nothing": 1}}}
    for operator in ("$and", "$or", "$nor", "$not"):
        for operand in (None, 1, "x", [1], ["x"], [[{}]]):
            yield f"{operator} {operand}", {operator: operand}
        for depth in (21, 60, 400):
            yield f"{operator} deep {depth}", nest(depth, lambda at, op=operator: {op: [at]})
        yield f"{operator} wide", {operator: [{"name": "x"}] * 101}
    for pattern in ("(", "[", "*", "(?<a>", "\\", "a{99999999}", "(?P<a", "[z-a]"):
        yield f"regex {pattern}", {"name": {"$regex": pattern}}
    yield "regex long", {"name": {"$regex": "a" * 70_000}}
    for field in ("password", "user__password", "pk", "entity__name", "name__regex", "", "$",
                  "a.b.c", "project.entity.name", "name;--", "name'", "\0", "é"):  # fmt: skip
        yield f"field {field!r}", {field: "x"}
    for value in ({"a": 1}, [1, [2]], {"$in": "x"}, {"$in": [[1]]}, {"$in": ["x"] * 501},
                  {"$exists": "x"}, {"$regex": 1}, {"$gt": 1, "$nothing": 1}):  # fmt: skip
        yield f"value {str(value)[:30]}", {"name": value}
    for bad in ("[]", "1", '"x"', "[{}]", "{", "{'name': 1}", "nan", "[" * 5000, "x" * 70_000):
        yield f"text {bad[:9]}", bad


def test_filters(answer):
    cases = dict(filters())
    assert len(cases) > 90
    for place in LISTS:
        document = f"query($value: JSONString) {{ {place} }}"

        def send(case, document=document):
            text = case if isinstance(case, str) else json.dumps(case)
            return answer.graphql(document, {"value": text})

        assert_refused(cases, send)


NAMES = [
    "..", "../x", "a/../../x", "/etc/passwd", "//x", "", "a/..", "../" * 200 + "x", "a/../b",
    "../../sha256/00", "x/" * 99 + "..", "./../x", "..//x",
]  # fmt: skip


def test_paths_of_files(answer, world, settings):
    """Of artifacts, of runs, and in manifests: none leads out of where it belongs."""
    team = world.team
    artifact = encode_id("Artifact", team.begun.pk)
    md5 = "XrY7u+Ae7tCTyyK7j1rNww=="

    def announce(name):
        given = {"artifactFiles": [{"artifactID": artifact, "name": name, "md5": md5}]}
        return answer.graphql(
            "mutation($i: CreateArtifactFilesInput!) { createArtifactFiles(input: $i) "
            "{ files { totalCount } } }", {"i": given})  # fmt: skip

    def run_file(name):
        given = {"entityName": "vision", "projectName": "iris", "runName": "r1", "files": [name]}
        return answer.graphql(
            "mutation($i: CreateRunFilesInput!) { createRunFiles(input: $i) { runID } }",
            {"i": given},
        )

    def manifest(name):
        entry = {"digest": md5, "size": 1, "ref": "s3://bucket/x"}
        text = json.dumps({
            "version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {},
            "contents": {name: entry}}).encode()  # fmt: skip
        Manifest.objects.filter(version=team.begun).update(blob=factories.make_blob(text))
        return answer.graphql(
            f'mutation {{ commitArtifact(input: {{artifactID: "{artifact}"}}) '
            "{ artifact { id } } }"
        )

    cases = {repr(name)[:20]: name for name in NAMES}
    assert_refused(cases, announce)
    assert_refused(cases, run_file)
    wrong = []
    for name in NAMES:
        response, bad = manifest(name)
        if bad or response.status_code < 400:
            wrong.append((name[:20], bad or response.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert {path.parts[0] for path in _files(settings.STORAGE_FOLDER)} <= {"sha256"}


def _files(folder):
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def tokens(world):
    """Addresses that were tampered with: each signed for something else, cut, or made up."""
    run_file = RunFile.objects.get(run=world.team.run)
    upload = ArtifactFile.objects.get(pk=world.team.upload.pk)
    real = {
        "run_file": upload_path("run_file", run_file.pk), "file": upload_path("file", upload.pk),
        "part": upload_path("part", upload.pk, 1),
        "manifest": upload_path("manifest", world.team.manifest.pk),
        "download": download_path("0" * 64, "x"),
    }  # fmt: skip
    for kind, path in real.items():
        token = path.split("/")[3]
        payload, stamp, signature = token.split(":")
        other = real["run_file" if kind != "run_file" else "file"].split("/")[3].split(":")
        for label, bad in {
            "cut": token[:-1], "longer": token + "A", "no signature": f"{payload}:{stamp}:",
            "no time": f"{payload}:{signature}", "later": f"{payload}:zzzzzz:{signature}",
            "its payload": f"{other[0]}:{stamp}:{signature}", "case": token.swapcase(),
            "its signature": f"{payload}:{stamp}:{other[2]}", "twice": f"{token}:{token}",
            "NUL": f"{token}%00", "space": f"%20{token}", "é": quote("é" + token),
            "payload": base64.urlsafe_b64encode(b'["file",1,0]').decode() + f":{stamp}:{signature}",
            "empty parts": "::", "long": token * 60,
        }.items():  # fmt: skip
            yield f"{kind} {label}", bad
    yield from {f"made up {bad[:9]!r}": bad for bad in ("-", "x", "..", "None", "0" * 64)}.items()


def test_signatures(client, answer, world):
    cases = dict(tokens(world))
    assert len(cases) > 70
    assert_refused(cases, lambda token: answer.judge(
        lambda: _as_json(client.put(f"/storage/upload/{token}", b"x"))))  # fmt: skip
    assert_refused(cases, lambda token: answer.judge(
        lambda: _as_json(client.get(f"/storage/download/{token}/x"))))  # fmt: skip
    download = download_path("0" * 64, "x").split("/")[3]
    upload = upload_path("run_file", world.team.file.pk).split("/")[3]
    assert client.put(f"/storage/upload/{download}", b"x").status_code == 403
    assert client.get(f"/storage/download/{upload}/x").status_code == 403


def test_expired_addresses(client, world, settings):
    team = world.team
    kinds = {"file": team.upload, "manifest": team.manifest, "run_file": team.file}
    paths = [upload_path(kind, row.pk) for kind, row in kinds.items()]
    paths.append(upload_path("part", team.upload.pk, 1))
    settings.SIGNED_URL_SECONDS = -1
    for path in paths:
        response = client.put(path, b"x")
        assert response.status_code == 403
        assert "expired" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "name",
    [name for name in NAMES if name]
    + ["%2e%2e", "a%2fb", "é" * 99, "a\0b", ".", "x" * 5000, "a//b"],
)
def test_addresses_by_path(client, answer, world, name):
    """Names in the addresses of streams and of files, encoded once and twice."""
    auth = auth_of(world.people["bob"])
    for text in {quote(name.encode(errors="replace"), safe=safe) for safe in ("", "/")}:
        for path in (
            f"/files/vision/iris/{text}/file_stream", f"/files/{text}/iris/r1/file_stream",
            f"/artifactsV2/default/vision/iris/{text}/x/x/00/f",
            f"/artifactsV2/default/vision/iris/weights/{text}/x/00/f",
            f"/artifactsV2/default/vision/iris/weights/x/x/{text}/f",
        ):  # fmt: skip
            method = client.post if path.endswith("file_stream") else client.get
            begun = all_rows()
            response, bad = answer.judge(
                lambda method=method, path=path: _as_json(method(path, **auth))
            )
            assert not bad, path
            assert 400 <= response.status_code < 500 or response.status_code == 302, path
            assert all_rows() == begun


def _as_json(response):
    """An address that is none of ours has a page, or leads to the login."""
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return response
    response.content = json.dumps({"errors": [{"message": "a page"}], "data": None})
    return response
