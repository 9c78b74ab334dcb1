"""Tests of more than 0.1 s are marked slow: who is not, and takes far longer, is told or fails.

What counts is the time of the processor in the test itself, so that a busy machine changes little;
the first test of a process also pays for what is made once, as the templates.
"""

import time

import pytest

TOLD, FAILS = 0.5, 2  # seconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    begun = time.process_time()
    result = yield
    seconds = time.process_time() - begun
    if seconds > TOLD and not item.get_closest_marker("slow"):
        item.user_properties.append(("unmarked", seconds))
        assert seconds < FAILS, f"{seconds:.1f} s of the processor: mark it slow"
    return result


def pytest_terminal_summary(terminalreporter):
    """Name the tests that want a mark."""
    for report in terminalreporter.getreports("passed"):
        if seconds := dict(report.user_properties).get("unmarked"):
            terminalreporter.write_line(f"not marked slow, {seconds:.1f} s: {report.nodeid}")
