"""Measures Python files for figures.py, as the formatter would lay them out."""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# They say what was done to a thing and not what the thing is.
PARTICIPLES = {
    "asked", "found", "given", "held", "kept", "known", "named", "said", "shown", "told", "wanted",
}  # fmt: skip
_SKIP = re.compile(r"# fmt: (?:skip|off)\b")
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Function:
    place: str
    kind: str  # "view", "resolver" or "function"
    line_count: int


@dataclass(frozen=True)
class Module:
    path: Path  # relative to the checkout
    source: str
    formatted: str

    @property
    def is_code(self) -> bool:
        return self.path.parts[0] not in {"tests", "scripts"}

    @property
    def line_count(self) -> int:
        return self.formatted.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def functions(self) -> list[Function]:
        return [
            Function(f"{self.path}:{node.name}", kind, _lines_of(node, kind))
            for node in ast.walk(ast.parse(self.formatted))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for kind in [self._kind(node)]
        ]

    def _kind(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        arguments = [argument.arg for argument in node.args.args]
        answer = ast.unparse(node.returns) if node.returns else ""
        is_page = arguments[:1] == ["request"] and "Response" in answer and node.name[0] != "_"
        if "views" in self.path.parts and is_page:
            return "view"
        decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
        is_bound = any(re.match(r"(field|resolver)\(", text) for text in decorators)
        return "resolver" if "graphql" in self.path.parts and is_bound else "function"

    @cached_property
    def skips(self) -> list[str]:
        """The lines on which the formatter is switched off, but for those of constant tables."""
        tables = {
            number
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_constant(node)
            for number in range(node.lineno, node.end_lineno + 1)
        }
        return [
            str(number)
            for number, line in enumerate(self.source.splitlines(), 1)
            if _SKIP.search(line) and number not in tables
        ]

    @cached_property
    def participles(self) -> list[str]:
        short_lived = {id(node) for node in _of_comprehensions(self.tree)}
        return [
            f"{line} {name}"
            for node in ast.walk(self.tree)
            if id(node) not in short_lived
            for name, line in _names(node)
            if name.strip("_") in PARTICIPLES
        ]

    @cached_property
    def any_count(self) -> int:
        return sum(
            isinstance(part, ast.Name) and part.id == "Any"
            for _name, annotation in _annotations(self.tree)
            for part in ast.walk(annotation)
        )

    @cached_property
    def untyped_people(self) -> list[str]:
        return [
            f"{annotation.lineno} {name}"
            for name, annotation in _annotations(self.tree)
            if name in {"by", "user"} and ast.unparse(annotation).startswith("Any")
        ]


def read_modules(root: Path, folders: Iterable[str]) -> list[Module]:
    """Return every Python file but migrations, and lay out a copy with nothing switched off."""
    paths = [
        path.relative_to(root)
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copy(root / "pyproject.toml", copy)
        for path in paths:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            source = (root / path).read_text()
            (copy / path).write_text("\n".join(_without_skips(source)) + "\n")
        subprocess.run(
            [sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", "."],
            cwd=copy,
            check=True,
        )
        return [
            Module(path, (root / path).read_text(), (copy / path).read_text()) for path in paths
        ]


def _lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef, kind: str) -> int:
    """Return its lines; of a resolver, whose arguments are the SDK's, those of its body alone."""
    if kind != "resolver":
        return node.end_lineno - node.lineno + 1
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return node.end_lineno - body[0].lineno + 1 if body else 0


def _without_skips(source: str) -> list[str]:
    """Return the lines of a file without formatter switches, except those of constant tables."""
    skips = {int(number) for number in Module(Path(), source, "").skips}
    return [
        re.sub(r"\s*# fmt: (?:skip|off|on)\b.*", "", line) if number in skips else line
        for number, line in enumerate(source.splitlines(), 1)
    ]


def _is_constant(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(
        isinstance(part, ast.Name) and _CONSTANT.fullmatch(part.id)
        for target in targets
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
    )


def _of_comprehensions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield names in comprehensions and lambdas, which live as long as one expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension):
            yield from ast.walk(node.target)
        elif isinstance(node, ast.Lambda):
            yield from ast.walk(node.args)


def _names(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the names to which this node gives a value, each with its line."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id, node.lineno
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr, node.lineno
    elif isinstance(node, ast.arg):
        yield node.arg, node.lineno
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node.lineno


def _annotations(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield each annotation with the name it belongs to; "" for a function's return value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation:
            yield node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target), node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            yield "", node.returns
