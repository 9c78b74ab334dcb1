"""The configuration of htmx, which base.html gives to each page."""

import json
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# 4xx answers show only their #error, beside the form; 5xx and network errors are worded
# by site.js. No history cache: going back shows the present state, and nothing private stays in the
# browser. What is swapped in works at once: until it has settled, a click on it would be lost.
CONFIG: dict[str, Any] = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "defaultSettleDelay": 0,
    "attributesToSettle": [],
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True, "error": False},
        {
            "code": "4..",
            "swap": True,
            "error": True,
            "target": "#messages",
            "select": "#error",
            "swapOverride": "innerHTML",
            "ignoreTitle": True,
        },
        {"code": "...", "swap": False, "error": True},
    ],
}


@cache
def htmx_config() -> SafeString:
    """Return the configuration as JSON, for an attribute in single quotes."""
    return mark_safe(json.dumps(CONFIG, separators=(",", ":")))
