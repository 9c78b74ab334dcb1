"""Values that nobody should send, and what an answer to them must be like."""

import json
import time

from tests.helpers.rights import all_rows

BUG = "Something went wrong on the server"
REPEATED = {405, 408, 418, 425, 429}  # what wandb 0.31 sends again, besides 5xx


def nest(levels, make):
    value = 1
    for _level in range(levels):
        value = make(value)
    return value


VALUES = {
    "null": None, "0": 0, "-1": -1, "2^31": 2**31, "2^63": 2**63, "-2^70": -(2**70), "1.5": 1.5,
    "true": True, "infinity": float("inf"), "NaN": float("nan"), "[]": [], "[null]": [None],
    "{}": {}, "empty": "", "space": " \t", "word": "x", "NUL": "a\0b", "surrogate": "a\ud800b",
    "pair": "\U0001f600", "million": "a" * 10**6, "path": "../../etc/passwd", "slash": "a/b:c",
    "line": "a\r\nb: c", "percent": "%s %(x)s {0} {x}", "digits": "9" * 400, "sql": "'; --",
    "object": {"a": {"b": [1]}}, "list": ["x"] * 2000, "lists": nest(60, lambda value: [value]),
    "objects": nest(60, lambda value: {"a": value}), "json": "[" * 5000, "id": "UnVuOjE=",
}  # fmt: skip


class Answer:
    """Sends one request and looks at how it is answered."""

    def __init__(self, client, **headers):
        self.client, self.headers = client, headers

    def raw(self, body):
        return self.judge(
            lambda: self.client.post("/graphql", body, "application/json", **self.headers)
        )

    def graphql(self, document, variables=None):
        return self.raw(json.dumps({"query": document, "variables": variables or {}}))

    def judge(self, send):
        """`(response, what is wrong with it)`; two seconds of process time are enough."""
        begun = time.process_time()
        response = send()
        return response, wrong_with(response, time.process_time() - begun)


def wrong_with(response, seconds):
    """What is wrong with an answer, or ""."""
    status = response.status_code
    if status >= 500 or status in REPEATED:
        return f"status {status}"
    if seconds > 2:  # with the other core busy, which doubles the time of a process
        return f"{seconds:.1f} seconds"
    if status < 400:
        return ""
    answer = json.loads(response.content)
    message = answer["errors"][0]["message"]
    if answer["data"] is not None or not message or len(message) > 1100:
        return f"answer {str(answer)[:100]}"
    return message if BUG in message else ""


def assert_refused(cases, send):
    """Each answers 4xx with a sentence, within a second of work, and changes nothing."""
    before, wrong = all_rows(), []
    for label, case in cases.items():
        response, bad = send(case)
        if bad or response.status_code < 400:
            wrong.append((label, bad or response.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert all_rows() == before
