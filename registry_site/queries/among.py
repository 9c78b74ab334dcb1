"""`field__among=keys`: like `field__in`, with all keys as one parameter of the statement.

The SQL is the same however many keys there are, so that a prepared read can take them.
"""

import json
from typing import Any

from django.db.models import CharField, Field, ForeignObject, Lookup, TextField


def keys_parameter(keys: list[Any], vendor: str) -> Any:
    """Return the parameter that stands for these keys in this vendor's SQL."""
    return keys if vendor == "postgresql" else json.dumps(keys)


@ForeignObject.register_lookup  # relations look for no lookups of plain fields
@Field.register_lookup
class Among(Lookup):
    """Whether the field is one of these keys, or of a stand-in for a list of them.

    Keys are integers; of a field of text they are texts.
    """

    lookup_name = "among"
    prepare_rhs = False

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if hasattr(self.rhs, "as_sql"):
            return self.rhs.as_sql(compiler, connection)
        return "%s", [keys_parameter(list(self.rhs), connection.vendor)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        is_text = isinstance(self.lhs.output_field, (CharField, TextField))
        kind = "text" if is_text else "bigint"
        return self._among(f"{{}} = ANY({{}}::{kind}[])", compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return self._among("{} IN (SELECT value FROM JSON_EACH({}))", compiler, connection)

    def _among(self, template: str, compiler: Any, connection: Any) -> Any:
        column, parameters = self.process_lhs(compiler, connection)
        keys, keys_parameters = self.process_rhs(compiler, connection)
        return template.format(column, keys), (*parameters, *keys_parameters)
