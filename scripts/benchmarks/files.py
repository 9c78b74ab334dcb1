"""scripts/bench files: a zip of 10,000 files, a folder of 100,000, one file of 1 GiB."""

import base64
import http.client
import secrets
import statistics
import time
from collections.abc import Callable
from typing import Any

from scripts.serving import HOST, Answer, Server

CHUNK = 2**20
ZIPPED, ZIPPED_SIZE = 10_000, 64 * 1024  # the number of files, and bytes of each
LARGE = 2**30


def run(
    server: Server,
    key: str,
    get: Callable[[str], Answer],
    memory_of: Callable[[int], dict[int, float]],
) -> None:
    """Print times, MiB/s, and the memory of the server's processes before and after."""
    many, large, folders = make_versions()

    def memory() -> str:
        return f"{sum(memory_of(server.pid).values()):.0f} MB"

    get(f"{many}/files")
    before = memory()
    for what, path in [
        (f"zip of {ZIPPED:,} files", f"{many}/-/files.zip"),
        (f"sha256sums of {ZIPPED:,} files", f"{many}/-/sha256sums.txt"),
        ("plain file of 1 GiB", f"{large}/files/large.bin"),
        ("zip of a file of 1 GiB", f"{large}/-/files.zip"),
    ]:
        size, seconds = download(server, key, path)
        mib = size / 2**20
        print(
            f"{what:32} {mib:7.1f} MiB {seconds:6.2f} s {mib / seconds:6.0f} MiB/s,",
            f"server {before} before, {memory()} after",
        )
    for what, path in folders.items():
        ms = [get(path).ms for _ in range(9)]
        print(f"{what:32} {statistics.median(ms):6.0f} ms, at best {min(ms):.0f} ms")


def download(server: Server, key: str, path: str) -> tuple[int, float]:
    """Return the bytes and seconds of a download whose content is discarded."""
    credentials = base64.b64encode(f"api:{key}".encode()).decode()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=600)
    begun, size = time.perf_counter(), 0
    connection.request("GET", path, headers={"Authorization": f"Basic {credentials}"})
    answer = connection.getresponse()
    while chunk := answer.read(CHUNK):
        size += len(chunk)
    connection.close()
    return size, time.perf_counter() - begun


def make_versions() -> tuple[str, str, dict[str, str]]:
    """Return the addresses of many files, of a large one, and of folders of 100,000."""
    from artifacts.models import Collection

    source = Collection.objects.filter(project__entity__name="flowers", kind="sequence")[0]
    blobs = [stored([secrets.token_bytes(ZIPPED_SIZE)]) for _number in range(100)]
    many = version_in(source, {f"d{n % 100:02}/f{n:05}.bin": blobs[n % 100] for n in range(ZIPPED)})
    piece = secrets.token_bytes(CHUNK)
    large = version_in(source, {"large.bin": stored([piece] * (LARGE // CHUNK))})
    flat = version_in(source, {f"file-{n:06}.bin": None for n in range(100_000)})
    deep = version_in(
        source, {f"d{n % 100:02}/s{n // 1000:02}/f{n:06}": None for n in range(100_000)}
    )
    return (
        many,
        large,
        {
            "flat folder of 100,000 files": f"{flat}/files",
            "its page in the middle": f"{flat}/files?after=file-050000.bin",
            "100,000 files in deep folders": f"{deep}/files",
            "one of those folders": f"{deep}/files?folder=d50",
        },
    )


def stored(pieces: list[bytes]) -> Any:
    """Return the row of a file whose bytes are stored piece by piece."""
    from artifacts.models import Blob
    from artifacts.store import store

    left = iter(pieces)
    with store().receive(lambda _size: next(left, b""), None) as arrived:
        blob = Blob.objects.make(
            sha256=arrived.sha256, md5=arrived.md5, xxh128=arrived.xxh128, size=arrived.size
        )
        arrived.keep()
    return blob


def version_in(source: Any, files: dict[str, Any]) -> str:
    """Return the address of a new version with these files; a file without bytes is a reference."""
    from artifacts.models import ManifestEntry, Membership, Version

    source.refresh_from_db()
    number = source.next_index
    source.next_index += 1
    source.version_count += 1
    source.save(update_fields=["next_index", "version_count"])
    version = Version.objects.create(
        sequence=source,
        state="COMMITTED",
        version_index=number,
        digest=f"{number:032x}",
        file_count=len(files),
    )
    ManifestEntry.objects.bulk_create(
        [
            ManifestEntry(
                version=version,
                path=path,
                digest="-",
                blob=blob,
                size=blob.size if blob else 1,
                ref="" if blob else f"s3://bucket/{path}",
            )
            for path, blob in files.items()
        ],
        batch_size=2_000,
    )
    place = Membership.objects.create(collection=source, version=version, index=number)
    return str(place.get_absolute_url())
