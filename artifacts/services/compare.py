"""One path in two versions: what it is on either side, and what differs in its bytes."""

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

MOST_BYTES = 2**20  # of either side; what is larger is not read


@dataclass(frozen=True)
class FilePair:
    """One path on both sides; None where a version lacks it."""

    path: str
    base: ManifestEntry | None
    other: ManifestEntry | None

    @property
    def blobs(self) -> list[Blob]:
        """The bytes of both sides, or of the one that has some here."""
        return [entry.blob for entry in (self.base, self.other) if entry and entry.blob]

    @property
    def is_same(self) -> bool:
        """Whether both have it, with equal bytes or as a reference to the same."""
        if self.base is None or self.other is None:
            return False
        if self.base.blob_id or self.other.blob_id:
            return self.base.blob_id == self.other.blob_id
        return (self.base.ref, self.base.digest) == (self.other.ref, self.other.digest)


@dataclass(frozen=True)
class FileDifference:
    """What differs in the bytes of a file: one of these, or none where they are no text.

    `is_too_large`: not looked at. `can_be_lines`: the values are compared, but lines could be.
    """

    lines: TextDifference | None = None
    values: list[Leaf] | None = None
    table: TableDifference | None = None
    is_too_large: bool = False
    can_be_lines: bool = False


def find_file_pair(base: Membership, other: Membership, path: str) -> FilePair:
    """Return what is at the path in the two versions; raises NotFound where neither has it."""
    versions = base.version_id, other.version_id
    entries = ManifestEntry.objects.filter(version__in=versions, path=path).select_related("blob")
    entry_of = {entry.version_id: entry for entry in entries}
    if not entry_of:
        raise NotFound(_("Neither version has a file “{path}”.").format(path=path[:200]))
    return FilePair(path, *(entry_of.get(pk) for pk in versions))


def compare_file(
    *, by: User, base: Membership, other: Membership, pair: FilePair, as_lines: bool = False
) -> FileDifference:
    """Return what differs between the bytes of a file that both have; `as_lines` asks for no more.

    Raises Denied where the person may not download from the membership of either.
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
    """Return the difference by values or by rows; None for what has neither, or too many."""
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
