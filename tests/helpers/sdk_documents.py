"""Every GraphQL document that lies in the installed SDK: in its Python files and in core.

Those that Python puts together at run time are recorded, see tests/helpers/graphql.py.
"""

import ast
import re
from functools import cache
from pathlib import Path

import wandb

_DOCUMENT = re.compile(r"\s*(?:#.*\n\s*)*(?:query|mutation)\s+(\w+)")
_IN_CORE = re.compile(rb"(?:query|mutation) [A-Z]\w+ ?[({]")
_FRAGMENT = re.compile(rb"\s*fragment \w+ on \w+ \{")


@cache
def installed_documents():
    """The texts, each once, by `place:operation`, as `apis/public/api.py:UpsertBucket`."""
    root = Path(wandb.__file__).parent
    documents = {}
    for path in sorted(root.rglob("*.py")):
        for text in _texts_of(path):
            if "{{" not in text and (match := _DOCUMENT.match(text)):
                documents.setdefault(text, f"{path.relative_to(root)}:{match[1]}")
    content = (root / "bin/wandb-core").read_bytes()
    for match in _IN_CORE.finditer(content):
        text = _with_fragments(content, match.start())
        documents.setdefault(text, f"core:{_DOCUMENT.match(text)[1]}")
    return [(place, text) for text, place in documents.items()]


def _texts_of(path):
    """The constants of a Python file that are texts, without the pieces of f-strings."""
    source = path.read_text()
    if not re.search(r"\b(query|mutation)\s+\w+", source):
        return []
    tree = ast.parse(source)
    pieces = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
    ]


def _with_fragments(content, start):
    end = _end(content, start)
    while _FRAGMENT.match(content, end):
        end = _end(content, end)
    return content[start:end].decode()


def _end(content, start):
    """Where the braces that open after `start` are closed again."""
    depth = 0
    for match in re.compile(rb"[{}]").finditer(content, start):
        depth += 1 if match[0] == b"{" else -1
        if depth == 0:
            return match.end()
    raise AssertionError("A document of core has no end.")
