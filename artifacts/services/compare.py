"""One path in two versions: the entry on each side, and the differences of their bytes."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from artifacts.differences.documents import NoDocument, compare_documents
from artifacts.differences.leaves import Leaf
from artifacts.differences.lines import TextDifference, compare_texts
from artifacts.differences.tables import NoTable, TableDifference, compare_tables
from artifacts.models import Blob, ManifestEntry, Membership
from artifacts.previews.kinds import Kind, kind_of
from artifacts.previews.reading import read_text
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import NotFound

MOST_BYTES = 2**20  # larger files are not read


@dataclass(frozen=True)
class FilePair:
    """One path on both sides; None where a version lacks it."""

    path: str
    base: ManifestEntry | None
    other: ManifestEntry | None

    @property
    def blobs(self) -> list[Blob]:
        """The blobs of both sides, or of the one that has a blob."""
        return [entry.blob for entry in (self.base, self.other) if entry and entry.blob]

    @property
    def is_same(self) -> bool:
        """Whether both sides have the path, with equal bytes or equal references."""
        if self.base is None or self.other is None:
            return False
        if self.base.blob_id or self.other.blob_id:
            return self.base.blob_id == self.other.blob_id
        return (self.base.ref, self.base.digest) == (self.other.ref, self.other.digest)


@dataclass(frozen=True)
class FileDifference:
    """The differences of a file in one of these forms; in none where the bytes aren't text.

    With `is_too_large`, the bytes weren't read. With `can_be_lines`, values were compared, but
    lines could be.
    """

    lines: TextDifference | None = None
    values: list[Leaf] | None = None
    table: TableDifference | None = None
    is_too_large: bool = False
    can_be_lines: bool = False


def find_file_pair(base: Membership, other: Membership, path: str) -> FilePair:
    """Return the entries at the path in both versions; raises NotFound where neither has it."""
    versions = base.version_id, other.version_id
    entries = ManifestEntry.objects.filter(version__in=versions, path=path).select_related("blob")
    entry_of = {entry.version_id: entry for entry in entries}
    if not entry_of:
        raise NotFound(_("Neither version has a file “{path}”.").format(path=path[:200]))
    return FilePair(path, *(entry_of.get(pk) for pk in versions))


def compare_file(
    *, by: User, base: Membership, other: Membership, pair: FilePair, as_lines: bool = False
) -> FileDifference:
    """Return the differences of a file that both versions have; `as_lines` compares lines only.

    Raises Denied where the person may not download from either membership.
    """
    for membership in (base, other):
        check(by, Action.DOWNLOAD, membership.collection.project)
    if any(blob.size > MOST_BYTES for blob in pair.blobs):
        return FileDifference(is_too_large=True)
    texts = [_text_of(blob) for blob in pair.blobs]
    if len(texts) < 2 or texts[0] is None or texts[1] is None:
        return FileDifference()
    structured = None if as_lines else _structured(pair.path, texts[0], texts[1])
    return structured or FileDifference(lines=compare_texts(texts[0], texts[1]))


def _text_of(blob: Blob) -> str | None:
    with store().open(blob.sha256) as file:
        text = read_text(file, blob.size, MOST_BYTES)
    return text.text if text else None


def _structured(path: str, base: str, other: str) -> FileDifference | None:
    """Return the difference by values or by rows; None where there are none, or too many."""
    kind = kind_of(path)
    try:
        if kind in {Kind.JSON, Kind.WANDB_TABLE}:
            return FileDifference(values=compare_documents(base, other), can_be_lines=True)
        if kind == Kind.TABLE:
            delimiter = "\t" if path.lower().endswith(".tsv") else ","
            table = compare_tables(base, other, delimiter)
            return FileDifference(table=table, can_be_lines=True)
    except (NoDocument, NoTable):
        pass
    return None
