"""Bytes for recorded uploads: as long as the recorded ones, which were not kept.

Their sums stand for the recorded sums, and manifests are made of the files announced for them.
"""

import base64
import hashlib
import json
from itertools import count
from urllib.parse import parse_qs, urlsplit

import xxhash

PART = 9  # bytes that stand for the 100 MiB of a recorded part
UNSEEN = 7  # bytes of a file that was uploaded before the recording began


class RecordedBytes:
    """What is uploaded when recorded requests are asked again; `sums` maps recorded to ours."""

    def __init__(self, requests):
        self.sums, self._by_sum, self._by_address = {}, {}, {}
        self._manifests, self._files, self._facts = {}, {}, {}
        puts = [each for each in requests if each.get("method") == "PUT"]
        self._lengths = {each["path"]: each["bytes"] for each in puts}
        for each in requests:
            if each["kind"] == "graphql":
                self._notice(each)

    def of_upload(self, asked):
        """The content for a recorded PUT."""
        address = address_of(asked)
        for known in (self._manifests, self._by_address):
            if address in known:
                return known[address]
        return _invent(address, asked["bytes"])

    def of_file(self, spec):
        """The content of a file that a recorded request announces."""
        return self._by_sum[spec["digest"]]

    def etag(self, asked):
        """What the recorded server answered to this part, and was told when all had come."""
        sum_ = hashlib.md5(self.of_upload(asked), usedforsecurity=False).hexdigest()
        return next(f'"{recorded}"' for recorded, ours in self.sums.items() if ours == sum_)

    def announce_manifest(self, asked):
        """The sum of the manifest that is put at the address in the recorded answer."""
        (answer,) = asked["response"]["data"].values()
        announced = answer["artifactManifest"]
        artifact = asked["variables"].get("artifactID")
        files = self._files.get(artifact or announced["id"], {})
        contents = {
            path: {"digest": self.sums[sum_], "size": len(self._by_sum[sum_])}
            for path, sum_ in files.items()
        }
        contents |= self._references(artifact, contents)
        document = {
            "version": 1,
            "storagePolicy": "wandb-storage-policy-v1",
            "storagePolicyConfig": {"storageLayout": "V2"},
            "contents": contents,
        }
        content = json.dumps(document).encode()
        self._manifests[urlsplit(announced["file"]["uploadUrl"]).path] = content
        return md5_of(content)

    def _references(self, artifact, contents):
        """The rest of an artifact that has more entries than were uploaded."""
        facts = self._facts.get(artifact, {"fileCount": 0, "size": 0})
        rest = facts["size"] - sum(each["size"] for each in contents.values())
        return {
            f"reference-{number}": {
                "ref": f"s3://elsewhere/{number}",
                "digest": f"{number}",
                "size": 0 if number else max(rest, 0),
            }
            for number in range(facts["fileCount"] - len(contents))
        }

    def _notice(self, asked):
        for artifact in _with_key(asked["response"], "fileCount"):
            self._facts.setdefault(artifact["id"], artifact)
        if asked["op"] == "CreateArtifactFiles":
            for spec, node in specs_and_nodes(asked, asked["response"]):
                self._notice_file(spec, node)

    def _notice_file(self, spec, node):
        digest, md5, address = spec["digest"], spec["md5"], node["uploadUrl"] or ""
        path = urlsplit(address).path
        for owner in (spec["artifactID"], spec["artifactManifestID"]):
            self._files.setdefault(owner, {})[spec["name"]] = digest
        if parts := node["uploadMultipartUrls"]:
            content = self._notice_parts(spec["uploadPartsInput"], parts["uploadUrlParts"])
        else:
            content = self._by_sum.get(digest, self._by_sum.get(md5))
            if content is None:
                content = _invent(digest, self._lengths.get(path, UNSEEN), self._by_sum.values())
            self._by_address[path] = content
        self._by_sum |= {digest: content, md5: content}
        self.sums[md5] = md5_of(content)
        if digest != md5:
            self.sums[digest] = base64.b64encode(xxhash.xxh128_digest(content)).decode()

    def _notice_parts(self, specs, urls):
        contents = [_invent(spec["hexMD5"], PART) for spec in specs]
        for spec, url, content in zip(specs, urls, contents, strict=True):
            there = urlsplit(url["uploadUrl"])
            self._by_address[f"{there.path}#{url['partNumber']}"] = content
            self.sums[spec["hexMD5"]] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return b"".join(contents)


def address_of(asked):
    """The path of a recorded request, with the number of the part where it is one."""
    part = parse_qs(asked.get("query") or "").get("partNumber")
    return f"{asked['path']}#{part[0]}" if part else asked["path"]


def specs_and_nodes(asked, answer):
    """The files that a request announces, each with what was answered to it."""
    edges = answer["data"]["createArtifactFiles"]["files"]["edges"]
    specs = asked["variables"]["input"]["artifactFiles"]
    return [(spec, edge["node"]) for spec, edge in zip(specs, edges, strict=True)]


def md5_of(content):
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _invent(seed, length, taken=()):
    """Bytes of this length that nothing else has."""
    blocks = (hashlib.sha256(f"{seed}/{attempt}".encode()).digest() for attempt in count())
    contents = ((block * (length // len(block) + 1))[:length] for block in blocks)
    return next(content for content in contents if not length or content not in taken)


def _with_key(value, key):
    """Every object inside `value` that has this key and an id."""
    if isinstance(value, dict):
        if key in value and "id" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _with_key(each, key)
