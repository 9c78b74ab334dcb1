"""scripts/bench lineage: the lineage page of graphs of the largest size."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from scripts.serving import Answer

SIZE = 5_000  # runs and artifacts in one graph
SHOWN = (10, 100, 1_000)


def run(
    get: Callable[[str], Answer], memory: Callable[[str], None], size: int = SIZE, times: int = 20
) -> None:
    """Print what the page costs with so many nodes shown, and the memory before and after."""
    pages = lineages_of(size)
    memory("before")
    print(f"{'nodes':>6} {'p50 ms':>7} {'p95 ms':>7} {'queries':>7} {'kB':>7}  page")
    for path in pages.values():
        get(path)  # the first visit compiles templates
        answers = [get(path) for _ in range(times)]
        failed = [answer.status for answer in answers if answer.status != 200]
        if failed:
            raise SystemExit(f"{failed[0]} {path}")
        ms = sorted(answer.ms for answer in answers)
        size_kb = len(answers[-1].body) / 1000
        nodes = answers[-1].body.count(b'<a id="node-')
        print(
            f"{nodes:6} {ms[times // 2]:7.1f} {ms[times * 95 // 100]:7.1f}",
            f"{answers[-1].queries:7} {size_kb:7.1f}  {path[:80]}",
        )
    memory("after")


def lineages_of(size: int) -> dict[int, str]:
    """Make a lineage of that many nodes; return addresses that show about so many of it.

    A data set was used by many runs, and each made a model. The newest of these runs also made
    the data sets of two smaller such fans, so that all of it hangs together.
    """
    from artifacts.models import Collection, Run, RunInput, RunOutput

    source = Collection.objects.filter(project__entity__name="flowers", kind="sequence")[0]
    count = size // 2
    made = iter(make_versions(source, count))
    before = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Run.objects.bulk_create(
        Run(
            project=source.project,
            name=f"lineage{number:05d}",
            display_name=f"run-{number}",
            job_type="train",
        )
        for number in range(count)
    )
    runs = Run.objects.filter(pk__gt=before).order_by("pk").iterator()
    roots, uses, outputs, last = {}, [], [], None
    for nodes in (max(SHOWN), *SHOWN[:-1]):
        root = roots[nodes] = next(made)
        if last:
            outputs.append(RunOutput(run=last, version=root))
        fan = count - 1 - sum(SHOWN[:-1]) if nodes == max(SHOWN) else nodes // 2
        for run, version in islice(zip(runs, made, strict=False), fan):
            uses.append(RunInput(run=run, version=root))
            outputs.append(RunOutput(run=run, version=version))
        last = last or run
    RunInput.objects.bulk_create(uses)
    RunOutput.objects.bulk_create(outputs)
    return {
        nodes: f"{page_of(root)}?direction=down&depth=all&open=version-{root.pk}.down.run"
        for nodes, root in sorted(roots.items())
    }


def make_versions(source: Any, count: int) -> list[Any]:
    """Return `count` more committed versions of a sequence, with their memberships."""
    from artifacts.models import Membership, Version

    first = source.next_index
    Version.objects.bulk_create(
        Version(sequence=source, state="COMMITTED", version_index=n, digest=f"{n:032x}")
        for n in range(first, first + count)
    )
    made = list(
        Version.objects.filter(sequence=source, version_index__gte=first).order_by("version_index")
    )
    Membership.objects.bulk_create(
        Membership(collection=source, version=version, index=version.version_index)
        for version in made
    )
    source.next_index += count
    source.version_count += count
    source.save(update_fields=["next_index", "version_count"])
    return made


def page_of(version: Any) -> str:
    """Return the address of a version's lineage page where it was logged."""
    return version.memberships.get(collection=version.sequence_id).tab_url("lineage")
