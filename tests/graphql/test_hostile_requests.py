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
    yield from {f"cut at {end}": whole[:end] for end in range(len(whole))}.items()
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
    assert len(cases) >= 100
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
    assert len(cases) >= 100
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


def names():
    """Tricks at the beginning, in the middle and at the end of a path."""
    yield from {f"as it is {name[:20]!r} {len(name)}": name for name in NAMES}.items()
    for part in ("..", ".", "", "./..", "../..", "../.", "..//..", "././.", "/", "../" * 50 + ".."):
        for label, name in {
            "first": f"{part}/x", "middle": f"a/{part}/x", "last": f"a/{part}", "deep":
            f"{'d/' * 40}{part}/x", "rooted": f"/{part}/x", "twice": f"{part}/a/{part}",
        }.items():  # fmt: skip
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


def test_paths_of_files(answer, world, settings):
    """Of artifacts, of runs, and in manifests: none leads out of where it belongs."""
    artifact = encode_id("Artifact", world.team.begun.pk)

    def announce(name):
        given = {"artifactFiles": [{"artifactID": artifact, "name": name, "md5": MD5}]}
        return answer.graphql(
            "mutation($i: CreateArtifactFilesInput!) { createArtifactFiles(input: $i) "
            "{ files { totalCount } } }", {"i": given})  # fmt: skip

    def run_file(name):
        given = {"entityName": "vision", "projectName": "iris", "runName": "r1", "files": [name]}
        return answer.graphql(
            "mutation($i: CreateRunFilesInput!) { createRunFiles(input: $i) { runID } }",
            {"i": given},
        )

    cases = dict(names())
    assert len(cases) > 100
    assert_refused(cases, announce)
    assert_refused(cases, run_file)
    assert_commit_refused(answer, world, {
        label: {name: {"digest": MD5, "size": 1, "ref": "s3://bucket/x"}}
        for label, name in {**cases, "NUL": "a\0b"}.items()
    })  # fmt: skip
    assert {path.parts[0] for path in _files(settings.STORAGE_FOLDER)} <= {"sha256"}


def references():
    """Texts that are no address, or one that a browser would run."""
    for scheme in ("javascript", "JavaScript", "vbscript", "data", "DATA"):
        for rest in (":", ":x", ":alert(1)", "://host/x", ":text/html,<script>alert(1)</script>",
                     "://%0aalert(1)", ":text/html;base64,PHNjcmlwdD4="):  # fmt: skip
            yield f"{scheme}{rest}", scheme + rest
    for text in ("x", "/etc/passwd", "../x", "//host/x", "C\\x", "1s3://b/x", "-a://b", "+a://b",
                 ".a:x", ":", "://", ":x", "s3", "s3:", "http", "http:", "é://b", "s_3://b", "s 3://b",
                 "<a>:x", "%73%33://b", "(s3)://b", "'", '"', "\\\\host\\x", "?x:y", "#x:y", "@x:y",
                 "a/b:c", "\ufeffs3://b", "\u200bs3://b", "\u202es3://b",
                 "ｊavascript:x"):  # fmt: skip
        yield f"no address {text!r}", text
    for sign in "\0\1\t\n\r\x1b\x7f":
        for text in (f"{sign}s3://b/x", f"s{sign}3://b/x", f"s3:{sign}//b/x", f"s3://b/{sign}x",
                     f"s3://b/x{sign}", f"java{sign}script:x"):  # fmt: skip
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
    begun = world.team.begun
    artifact, before, wrong = encode_id("Artifact", begun.pk), None, []
    for label, contents in cases.items():
        text = json.dumps({
            "version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {},
            "contents": contents}).encode()  # fmt: skip
        Manifest.objects.filter(version=begun).update(blob=factories.make_blob(text))
        before = all_rows()
        response, bad = answer.graphql(
            f'mutation {{ commitArtifact(input: {{artifactID: "{artifact}"}}) '
            "{ artifact { id } } }"
        )
        if bad or response.status_code < 400 or all_rows() != before:
            wrong.append((label, bad or response.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))


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
