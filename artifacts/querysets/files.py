"""Named reads of bytes and files, and writes that come by the thousand.

Django's own inserts make an object and SQL of their own for each row, and on SQLite they do so
while they hold the only write lock. Where one request brings 100,000 rows, or each of 128 uploads
at once one, the statements here take a fifth of that time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import connections, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from registry_site.accounts.permissions import Action
from registry_site.accounts.sight import Sight, sight_of
from registry_site.queries.prepared_rows import row_of
from registry_site.texts.json_text import write_json

if TYPE_CHECKING:
    from registry_site.accounts.models import User


class RowQuerySet(models.QuerySet):
    def insert(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], **same: Any) -> None:
        """Insert rows; each has its values in the order of `columns`, and the values of `same`.

        Rows that exist already stay unchanged. Values in `rows` must be as the database takes them.
        """
        connection = connections[self.db]
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        shared = tuple(
            fields[name].get_db_prep_save(value, connection) for name, value in same.items()
        )
        sql = f"{_insert_into(self.model, (*same, *columns))} ON CONFLICT DO NOTHING"
        with transaction.atomic(using=self.db), connection.cursor() as cursor:
            cursor.executemany(sql, [(*shared, *row) for row in rows])


class ArtifactFileQuerySet(RowQuerySet):
    def announce(self, version_pk: int, files: Sequence[Sequence[Any]], at: datetime) -> list[Any]:
        """Insert these files of a version, and return the rows of those that are new.

        Each file is its path, digest, MD5, blob and sums of parts; a few hundred at most. The rows
        of others stay unchanged.
        """
        connection = connections[self.db]
        rows = [
            (version_pk, connection.ops.adapt_datetimefield_value(at), *file, write_json(sums))
            for *file, sums in files
        ]
        marks = ", ".join([f"({', '.join(['%s'] * len(_ANNOUNCED))})"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(_ANNOUNCE.format(marks), [value for row in rows for value in row])
            key_of = {(path, digest): pk for pk, path, digest in cursor.fetchall()}
        return [
            row_of(
                self.model, dict(zip(["id", *_ANNOUNCED], [pk, version_pk, at, *file], strict=True))
            )
            for file in files
            if (pk := key_of.get((file[0], file[1])))
        ]

    def set_blob(self, pk: int, blob_pk: int) -> bool:
        """Note that the announced file has arrived; return whether its row is still there."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(_SET_BLOB, [blob_pk, pk])
            return bool(cursor.rowcount)


_ANNOUNCED = ["version_id", "created_at", "path", "digest", "md5", "blob_id", "part_sums"]
_ANNOUNCE = (
    f"INSERT INTO artifacts_artifactfile ({', '.join(_ANNOUNCED)}) VALUES {{}} "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING id, path, digest"
)
_SET_BLOB = "UPDATE artifacts_artifactfile SET blob_id = %s WHERE id = %s"


class ManifestQuerySet(models.QuerySet):
    def set_blob(self, pk: int, blob_pk: int, *, digest: str) -> bool:
        """Note that the manifest arrived; return whether it is still announced with this MD5."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(_SET_MANIFEST, [blob_pk, pk, digest])
            return bool(cursor.rowcount)


_SET_MANIFEST = "UPDATE artifacts_manifest SET blob_id = %s WHERE id = %s AND digest = %s"


class BlobQuerySet(models.QuerySet):
    def held_by(self, project: Any) -> Self:
        """Blobs that this project has: uploaded to it, or listed by its versions."""
        its_own = {"blob": OuterRef("pk"), "version__sequence__project": project}
        files = apps.get_model("artifacts", "ArtifactFile").objects.filter(**its_own)
        entries = apps.get_model("artifacts", "ManifestEntry").objects.filter(**its_own)
        return self.filter(Exists(files) | Exists(entries))

    def make(self, *, sha256: str, md5: str, xxh128: str, size: int) -> Any:
        """Return the row of these bytes, made if missing, with a fresh `wanted_at`."""
        connection = connections[self.db]
        now = timezone.now()
        at = connection.ops.adapt_datetimefield_value(now)
        columns = "sha256", "md5", "xxh128", "size", "created_at", "wanted_at"
        sql = (
            f"{_insert_into(self.model, columns)} "
            "ON CONFLICT (sha256) DO UPDATE SET wanted_at = excluded.wanted_at, "
            "xxh128 = excluded.xxh128 RETURNING id"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [sha256, md5, xxh128, size, at, at])
            (pk,) = cursor.fetchone()
        return self.model(pk=pk, sha256=sha256, md5=md5, xxh128=xxh128, size=size, wanted_at=now)


def _insert_into(model: type[models.Model], columns: Sequence[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    table, names = model._meta.db_table, ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own


APART = timedelta(minutes=1)  # a sooner one belongs to the same download


class DownloadQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Downloads through collections that the person may know of, by people they may know.

        A download through a collection that was deleted or that has no row any more is included.
        """
        return self.in_sight(sight_of(user))

    def in_sight(self, sight: Sight) -> Self:
        """Downloads of `visible_to`, for a sight or for stand-ins."""
        projects = apps.get_model("artifacts", "Project").objects
        collections = apps.get_model("artifacts", "Collection").with_deleted.filter(
            project__in=projects.in_sight_until_deletion(sight, Action.READ)
        )
        people = apps.get_model("accounts", "User").objects.in_sight(sight)
        return self.filter(
            models.Q(user__isnull=True) | models.Q(user__in=people.values("pk")),
            models.Q(collection__isnull=True) | models.Q(collection__in=collections.values("pk")),
        )

    def touch(
        self,
        *,
        version_id: int,
        collection_id: int,
        user_id: int,
        key_name: str,
        reference: str,
        at: datetime,
    ) -> None:
        """Count one download, in a new row or in the existing one, with one statement."""
        connection = connections[self.db]
        now, apart = (connection.ops.adapt_datetimefield_value(each) for each in (at, at - APART))
        same: list[Any] = [version_id, collection_id, user_id, key_name, reference]
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [*same, now, now, apart])


_TOUCH = """
INSERT INTO artifacts_download
  (version_id, collection_id, user_id, key_name, reference, first_at, last_at, count)
VALUES (%s, %s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (version_id, collection_id, user_id, key_name, reference) DO UPDATE
SET last_at = excluded.last_at, count = artifacts_download.count + 1
WHERE artifacts_download.last_at < %s
"""
