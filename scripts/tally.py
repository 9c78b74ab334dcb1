"""Adds up JUnit reports and prints one line: N passed, N failed.

An error counts as a failure, and so does a report that was never written.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

passed = failed = 0
for report in map(Path, sys.argv[1:]):
    if not report.exists():
        failed += 1
        continue
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        outcomes = {child.tag for child in case}
        failed += bool(outcomes & {"failure", "error"})
        passed += not outcomes & {"failure", "error", "skipped"}
print(f"{passed} passed, {failed} failed")
