"""scripts/bench compare: the page of two versions with 100,000 files each."""

import sys
from collections.abc import Callable

from scripts.serving import Answer

FILES = 100_000
ADDED = REMOVED = 1_000
CHANGED = 5_000


def run(get: Callable[[str], Answer], memory: Callable[[], float], times: int = 20) -> None:
    """Print what the first, a filtered and the last page cost the server, and the whole list."""
    base, other = make_versions()
    both = f"/-/compare?version={base}&version={other}"
    last = f"data/{FILES + ADDED - 60:06}.bin"
    pages = {
        "first page": both,
        "first page of all files": f"{both}&state=all",
        "removed files": f"{both}&state=removed",
        "filtered by path": f"{both}&path=0999",
        "filtered, nothing found": f"{both}&path=nothing",
        "last page of all files": f"{both}&state=all&after={last}",
        "all files as CSV": f"/-/compare/-/files.csv?{both.partition('?')[2]}&state=all",
    }
    get("/")
    print(f"{'p50 ms':>7} {'p95 ms':>7} {'queries':>7} {'kB':>7} {'MB':>5}")
    for name, address in pages.items():
        answers = [get(address) for _ in range(times)]
        if answers[-1].status != 200:
            sys.exit(f"{answers[-1].status} {address}")
        ms = sorted(answer.ms for answer in answers)
        print(
            f"{ms[times // 2]:7.1f} {ms[times * 95 // 100]:7.1f} {answers[-1].queries:7}",
            f"{len(answers[-1].body) / 1000:7.1f} {memory():5.0f}  {name}",
        )


def make_versions() -> list[str]:
    """Make two versions with FILES files, some added, removed or changed; return their names."""
    from artifacts.models import Blob, Collection, ManifestEntry, Membership, Version

    source = Collection.objects.filter(project__entity__name="flowers", kind="sequence")[0]
    first = source.next_index
    Blob.objects.bulk_create(
        (Blob(sha256=f"{n:064x}", size=n % 5_000) for n in range(FILES + ADDED + CHANGED)),
        batch_size=5_000,
    )
    made = Blob.objects.filter(sha256__startswith="0" * 50).order_by("sha256")
    blobs = list(made.values_list("pk", flat=True))
    changed = range(0, FILES, FILES // CHANGED)
    names = []
    for number in range(2):
        version = Version.objects.create(
            sequence=source,
            state="COMMITTED",
            version_index=first + number,
            file_count=FILES,
            digest=f"{number:032x}",
            metadata={"accuracy": 0.9 + number / 100},
        )
        rows = []
        for n in range(number * REMOVED, FILES + number * ADDED):
            is_new = number and n in changed
            blob = blobs[FILES + ADDED + n // (FILES // CHANGED)] if is_new else blobs[n]
            path = f"data/{n:06}.bin"
            rows.append((path, f"{blob}=", n % 5_000, "", version.pk, blob))
        columns = ("path", "digest", "size", "ref", "birth_version_id", "blob_id")
        ManifestEntry.objects.insert(columns, rows, version_id=version.pk)
        place = Membership.objects.create(collection=source, version=version, index=first + number)
        names.append(place.full_name)
    return names
