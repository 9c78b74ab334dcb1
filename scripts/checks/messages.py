"""Updates or checks the catalogues of translations.

python scripts/checks/messages.py update | check
"""

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LOCALE = Path("registry_site/locale")
SOURCES = [
    "manage.py",
    "pyproject.toml",
    "registry_site",
    "artifacts",
    "registries",
    "templates",
    "static",
]


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def collect(folder: Path) -> None:
    """Update the catalogues below a folder with the texts that its sources mark."""
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete"]
    command += ["--add-location=file", "--verbosity=0"]
    subprocess.run(command, cwd=folder, check=True)


def update() -> None:
    collect(Path())
    for catalogue in catalogues():
        compile_catalogue(catalogue, catalogue.with_suffix(".mo"))


def compile_catalogue(catalogue: Path, target: Path) -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", target, catalogue], check=True)


def problems() -> list[str]:
    """Return what is wrong with the catalogues; it works on a copy of the sources."""
    sentences = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for source in map(Path, SOURCES):
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / source)
        collect(copy)
        for catalogue in catalogues():
            if lacking := untranslated(copy / catalogue):
                sentences.append(f"{catalogue} lacks translations:\n{lacking}")
            compile_catalogue(catalogue, copy / "fresh.mo")
            if texts(copy / "fresh.mo") != texts(catalogue.with_suffix(".mo")):
                sentences.append(f"{catalogue} was not compiled.")
    return sentences


def untranslated(catalogue: Path) -> str:
    """Return the entries that have no translation, or one that gettext guessed."""
    commands = [["msgattrib", option, catalogue] for option in ("--untranslated", "--only-fuzzy")]
    outputs = [subprocess.run(c, capture_output=True, text=True, check=True) for c in commands]
    return "".join(output.stdout for output in outputs)


def texts(compiled: Path) -> dict[object, str]:
    """Return the texts of a compiled catalogue; its bytes differ between releases of gettext."""
    if not compiled.exists():
        return {}
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def main(action: str) -> int:
    if action == "update":
        update()
        return 0
    sentences = problems()
    for problem in sentences:
        print(problem)
    if sentences:
        print("Run: scripts/fix messages, and translate what is new.")
    return bool(sentences)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
