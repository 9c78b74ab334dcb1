"""Measures sizes and names in the code, each against its rule: files, folders, functions."""

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scripts.checks import figures_python, figures_templates

ROOT = Path(__file__).resolve().parents[2]
CODE = ("registry_site", "artifacts", "registries")
# Folders that may have more modules than others, and why.
LARGE_FOLDERS = {
    "registry_site": "the wiring, each module with its own line in pyproject.toml",
    "artifacts/previews": "one module for each kind of file",
}
MODULES, FILE_LINES = 9, 300
FUNCTION_LINES = {"function": 40, "view": 25, "resolver": 11}
MEDIAN, NINETIETH = 8, 20  # lines of a function
TEMPLATE_WIDTH, TAGS_OF_A_LINE, MEAN_TAGS = 120, 4, 1.0


@dataclass
class Figure:
    """A measure: its name, its rule (None if there is none), and the places that break it."""

    name: str
    value: float
    rule: float | None = None
    over: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.rule is not None and self.value > self.rule


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("check", "json", "list"):
        options.add_argument(f"--{name}", action="store_true")
    options.add_argument("root", nargs="?", type=Path, default=ROOT)
    arguments = options.parse_args()
    figures = list(measure(arguments.root))
    if arguments.json:
        print(json.dumps([asdict(figure) | {"is_over": figure.is_over} for figure in figures]))
    else:
        print_table(figures, with_collections=arguments.list)
    sys.exit(arguments.check and any(figure.is_over for figure in figures))


def measure(root: Path) -> Iterator[Figure]:
    """Yield every figure of the checkout at `root`."""
    modules = figures_python.read_modules(root, [*CODE, "tests", "scripts"])
    yield from _files(root, modules)
    yield from _functions([module for module in modules if module.is_code])
    yield from _names(root, modules)
    yield from _templates(root)


def print_table(figures: Iterable[Figure], with_collections: bool) -> None:
    for figure in figures:
        rule = "" if figure.rule is None else f"<= {figure.rule:g}"
        verdict = "" if figure.rule is None else "OVER" if figure.is_over else "ok"
        print(f"{figure.name:<52} {figure.value:>9.6g}  {rule:<9} {verdict}".rstrip())
        for place in figure.over if with_collections else ():
            print(f"    {place}")


# ------------------------------------------------------------------------------------ files


def _files(root: Path, modules: list[figures_python.Module]) -> Iterator[Figure]:
    yield Figure("Python files of the code", sum(module.is_code for module in modules))
    yield Figure("Python files of tests and scripts", sum(not module.is_code for module in modules))
    folders: dict[str, int] = {}
    for module in modules:
        if module.is_code and module.path.name != "__init__.py":
            folder = module.path.parent.as_posix()
            folders[folder] = folders.get(folder, 0) + 1
    large = {name: n for name, n in folders.items() if name not in LARGE_FOLDERS}
    yield Figure("folders of the code", len(folders))
    yield _largest("modules of the largest folder", large, MODULES)
    lines = {module.path.as_posix(): module.line_count for module in modules if module.is_code}
    yield _largest("lines of the longest file of the code, formatted", lines, FILE_LINES)
    tests = [module.line_count for module in modules if not module.is_code]
    yield Figure("lines of the longest test file", max(tests))
    yield Figure("test files over 300 lines", sum(count > FILE_LINES for count in tests))
    median = statistics.median(module.line_count for module in modules if module.is_code)
    yield Figure("lines of the median file of the code", median)


def _largest(name: str, sizes: dict[str, int], rule: int) -> Figure:
    """Return the largest of these sizes, with all that break the rule, the largest first."""
    over = sorted(((size, place) for place, size in sizes.items() if size > rule), reverse=True)
    return Figure(
        name, max(sizes.values(), default=0), rule, [f"{size:4d} {place}" for size, place in over]
    )


def _functions(modules: list[figures_python.Module]) -> Iterator[Figure]:
    functions = [function for module in modules for function in module.functions]
    lines = sorted(function.line_count for function in functions)
    yield Figure("functions", len(functions))
    yield Figure("lines of the median function", statistics.median(lines), MEDIAN)
    yield Figure("lines of a function, 90th percentile", lines[int(len(lines) * 0.9)], NINETIETH)
    for kind, rule in FUNCTION_LINES.items():
        sizes = {each.place: each.line_count for each in functions if each.kind == kind}
        yield _largest(f"lines of the longest {kind}, below {rule}", sizes, rule - 1)


# ------------------------------------------------------------------------------------ names


def _names(root: Path, modules: list[figures_python.Module]) -> Iterator[Figure]:
    yield _places("fmt: skip, but for constant tables", modules, "skips")
    code = [module for module in modules if module.is_code]
    others = [module for module in modules if not module.is_code]
    yield _places("bare participles as names in the code", code, "participles")
    counts = [len(module.participles) for module in others]
    yield Figure("bare participles as names in tests and scripts", sum(counts))
    yield Figure("Any in annotations of the code", sum(module.any_count for module in code))
    yield _places("Any for who does it (`by`, `user`)", code, "untyped_people")


def _places(name: str, modules: list[figures_python.Module], attribute: str) -> Figure:
    places = [
        f"{module.path}:{place}" for module in modules for place in getattr(module, attribute)
    ]
    return Figure(name, len(places), 0, places)


# -------------------------------------------------------------------------------- templates


def _templates(root: Path) -> Iterator[Figure]:
    lines = figures_templates.read_lines(root)
    yield Figure("templates", len({line.file for line in lines}))
    yield Figure("lines of templates, not empty", len(lines))
    yield Figure("characters of a template line, mean", statistics.mean(len(x.text) for x in lines))
    long = [line for line in lines if len(line.text) > TEMPLATE_WIDTH]
    yield Figure(
        f"template lines > {TEMPLATE_WIDTH} characters", len(long), 0, [str(line) for line in long]
    )
    yield Figure("template lines > 200 characters", sum(len(x.text) > 200 for x in lines), 0)
    yield Figure("tags of a template line, mean", statistics.mean(x.tags for x in lines), MEAN_TAGS)
    full = [line for line in lines if line.tags > TAGS_OF_A_LINE]
    yield Figure(
        f"template lines with > {TAGS_OF_A_LINE} tags", len(full), 0, [str(line) for line in full]
    )
    names = figures_templates.participles(root, figures_python.PARTICIPLES)
    yield Figure("bare participles as names in templates", len(names), 0, names)


if __name__ == "__main__":
    main()
