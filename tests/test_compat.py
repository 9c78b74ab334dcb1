"""What scripts/compat makes of what it found; the walks themselves take minutes and a network."""

import pytest

from scripts.releases import releases as compat_releases
from scripts.releases.table import StepResult, cell, print_table


@pytest.mark.parametrize(
    ("release", "found", "wanted"),
    [
        ("0.19.11", StepResult("unlink", "ok"), "ok"),
        ("0.19.11", StepResult("unlink", "failed", "CommError: no"), "GAP"),
        ("0.22.3", StepResult("members of a registry", "absent"), "-"),
        ("0.23.1", StepResult("members of a registry", "absent"), "GAP"),
        ("0.19.11", StepResult("unlink", "absent"), "GAP"),
        (
            "0.20.1",
            StepResult("refused: unknown registry", "failed", "printed, but not raised: x"),
            "known",
        ),
        (
            "0.21.4",
            StepResult("refused: unknown registry", "failed", "printed, but not raised: x"),
            "GAP",
        ),
        (
            "0.20.1",
            StepResult("refused: unknown registry", "failed", "'no registry' is not in …"),
            "GAP",
        ),
    ],
)
def test_a_failure_is_ours_unless_the_release_is_known_for_it(release, found, wanted):
    assert cell(release, found) == wanted


def test_the_table_counts_the_gaps_and_tells_each(capsys):
    broken = StepResult("unlink", "failed", "CommError: no")
    walks = {"0.19.11": [broken], "0.31.0": [StepResult("unlink", "ok"), StepResult("link", "ok")]}
    assert print_table(walks) == 1
    printed = capsys.readouterr().out
    assert "unlink" + " " * 37 + "GAP    ok" in printed
    assert "GAP   0.19.11, unlink: CommError: no" in printed


def test_the_last_release_of_each_series(monkeypatch):
    known = ["0.31.0", "0.19.9", "0.19.11", "0.19.2", "0.18.7", "1.0.3"]
    monkeypatch.setattr(compat_releases, "_published", lambda: known)
    assert compat_releases.last_releases([]) == ["0.19.11", "0.31.0", "1.0.3"]
    assert compat_releases.last_releases(["0.31", "0.19"]) == ["0.31.0", "0.19.11"]
    with pytest.raises(SystemExit, match=r"No such series of wandb: 0\.18\."):
        compat_releases.last_releases(["0.18"])
