"""Which addresses of the site a run of the tests visits: noted in each process, judged at the end.

A visit is an answer that the address itself gave: not a refusal, not the way to the login. Only
the whole suite fails for what it left out; a part of it says nothing of the rest.
"""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver

_PARTS = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "last_failed",
          "stepwise", "maxfail", "collectonly", "pyargs")  # fmt: skip

REFUSING = {"api:no_telemetry"}  # all that it ever answers is 404


class Addresses:
    """A pytest plugin; the processes of xdist give what they saw to the one that began them."""

    def __init__(self) -> None:
        self.visited: set[str] = set()

    def record(self) -> None:
        """Note every request that is answered in this process from now on."""
        get_response = BaseHandler.get_response

        def noted(handler: BaseHandler, request: HttpRequest) -> HttpResponseBase:
            response = get_response(handler, request)
            match = request.resolver_match
            if match and (answers(response) or match.view_name in REFUSING):
                self.visited.add(match.view_name)
            return response

        BaseHandler.get_response = noted

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.record()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        self.visited.update(getattr(node, "workeroutput", {}).get("addresses", ()))

    @pytest.hookimpl(tryfirst=True)  # before the reports are written
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["addresses"] = sorted(self.visited)
            return
        is_judged = is_whole(session.config) and session.exitstatus < pytest.ExitCode.INTERRUPTED
        if is_judged and (missing := unvisited(self.visited)):
            session.config.hook.pytest_runtest_logreport(report=failure(missing))
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def failure(missing: list[str]) -> pytest.TestReport:
    """What a failed test reports, so that this is counted and told as one."""
    sentence = "No test gets an answer from these addresses of the site:"
    place = "tests/helpers/addresses.py"
    return pytest.TestReport(
        nodeid=f"{place}::every_address_is_visited",
        location=(place, None, "every_address_is_visited"),
        keywords={},
        outcome="failed",
        longrepr="\n    ".join([sentence, *missing]),
        when="call",
    )


def answers(response: HttpResponseBase) -> bool:
    """Whether the address was reached: neither refused nor sent to the login."""
    to = urlsplit(response.headers.get("Location", ""))
    is_sent_away = to.path == resolve_url(settings.LOGIN_URL) and "next=" in to.query
    return response.status_code < 400 and not is_sent_away


def is_whole(config: pytest.Config) -> bool:
    """Whether pytest was asked for all there is."""
    asked = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return asked and not any(getattr(config.option, name, None) for name in _PARTS)


def unvisited(visited: set[str]) -> list[str]:
    return sorted({name for name, _pattern in addresses()} - visited)


def addresses(resolver=None, space=""):
    """Yield every address of the site, as its name with that of its app, and its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern
