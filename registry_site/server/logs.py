"""Formats lines of the log without secrets: signed addresses, keys, values of query strings."""

import logging
import re

_SECRETS = [
    (re.compile(r"(/storage/(?:upload|download)/)[^/\s'\"?]+"), r"\1…"),
    (re.compile(r"([?&][^\s=&'\"]{1,100}=)[^\s&'\"]+"), r"\1…"),
    # API keys and tokens of sessions and forms; SHA-256 in hex stays, it is no secret
    (re.compile(r"(?<![A-Za-z0-9_-])(?![0-9a-f]{64}(?![A-Za-z0-9_-]))[A-Za-z0-9_-]{32,}"), "…"),
]


class Formatter(logging.Formatter):
    """Formats a line, or a trace, and removes secrets from it."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class NoTelemetry(logging.Filter):
    """Leaves out requests of the SDK's telemetry, which always get a 404."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return request is None or not request.path.startswith("/sdk/otel/")


def scrub(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
