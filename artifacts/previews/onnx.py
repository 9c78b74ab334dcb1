"""ONNX models without their weights. Numbers of fields: onnx/onnx.proto of ONNX 1.17."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Pages, Preview, shape_text, table_of_rows
from artifacts.previews.protobuf import Span, Walker
from artifacts.previews.reading import Unreadable, shortened

MOST_ROWS = 20_000  # initializers, inputs and outputs
MOST_OPERATORS = 1_000  # kinds of nodes
_TYPES = [
    "", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16",
    "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN",
    "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1",
]  # fmt: skip


@dataclass
class _Model:
    ir_version: int = 0
    producer: list[str] = field(default_factory=list)
    opsets: list[str] = field(default_factory=list)
    graphs: int = 0
    operators: Counter[str] = field(default_factory=Counter)
    ends: list[list[Any]] = field(default_factory=list)  # inputs and outputs
    initializers: list[list[Any]] = field(default_factory=list)
    metadata: list[list[Any]] = field(default_factory=list)


def preview_onnx(file: BinaryIO, size: int, pages: Pages) -> Preview:
    """Return versions, inputs and outputs with their shapes, nodes by operator, initializers."""
    walker, model = Walker(file, size), _Model()
    _read_model(walker, model)
    if not model.graphs or not model.ir_version:
        raise Unreadable(_("This is not an ONNX model: it has no graph."))
    rows = model.initializers
    preview = Preview(
        facts=[
            (_("IR version"), f"{model.ir_version}"),
            (_("Opset"), ", ".join(model.opsets[:20])),
            (_("Producer"), shortened(" ".join(model.producer))),
            (_("Nodes"), f"{sum(model.operators.values()):,}"),
            (_("Initializers"), f"{len(rows):,}"),
        ]
    )
    if walker.is_spent or len(rows) >= MOST_ROWS:
        preview.notes.append(_("The model has more parts than are read here: the counts are less."))
    shaped = [_("Name"), _("Type"), _("Shape")]
    operators = model.operators.most_common()
    preview.tables = [
        table_of_rows(pages, "ends", _("Inputs and outputs"), [_("Kind"), *shaped], model.ends),
        table_of_rows(
            pages,
            "operators",
            _("Nodes by operator"),
            [_("Operator"), _("Nodes")],
            operators,
            numbers=[1],
        ),
        table_of_rows(pages, "initializers", _("Initializers"), shaped, rows),
    ]
    if model.metadata:
        columns = [_("Key"), _("Value")]
        preview.tables.append(
            table_of_rows(pages, "metadata", _("Metadata"), columns, model.metadata)
        )
    return preview


def _read_model(walker: Walker, model: _Model) -> None:
    for number, value in walker.fields(walker.whole):
        if number == 1 and isinstance(value, int):
            model.ir_version = value
        elif number in {2, 3}:
            model.producer.append(walker.text(value))
        elif number == 7:
            model.graphs += 1
            _read_graph(walker, _message(value), model)
        elif number == 8:
            domain, version = _pair(walker, value)
            model.opsets.append(f"{domain or 'ai.onnx'} {version}")
        elif number == 14 and len(model.metadata) < MOST_ROWS:
            model.metadata.append(_pair(walker, value))


def _read_graph(walker: Walker, span: Span, model: _Model) -> None:
    for number, value in walker.fields(span):
        if number == 1:
            _count_node(walker, _message(value), model.operators)
        elif number == 5 and len(model.initializers) < MOST_ROWS:
            model.initializers.append(_initializer(walker, _message(value)))
        elif number in {11, 12} and len(model.ends) < MOST_ROWS:
            kind = _("input") if number == 11 else _("output")
            model.ends.append([kind, *_value_info(walker, _message(value))])


def _count_node(walker: Walker, span: Span, operators: Counter[str]) -> None:
    for number, value in walker.fields(span):
        if number == 4:
            name = walker.text(value)
            if name in operators or len(operators) < MOST_OPERATORS:
                operators[name] += 1
            return


def _initializer(walker: Walker, span: Span) -> list[Any]:
    name, kind, shape = "", 0, list[Any]()
    for number, value in walker.fields(span):
        if number == 1:
            shape += walker.numbers(value)[: 64 - len(shape)]
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 8:
            name = walker.text(value)
    return [name, _type(kind), shape_text(shape)]


def _value_info(walker: Walker, span: Span) -> list[Any]:
    name, kind, shape = "", 0, list[Any]()
    for number, value in walker.fields(span):
        if number == 1:
            name = walker.text(value)
        for tensor_number, tensor in _inside(walker, value, [2, 1] if number == 2 else []):
            if tensor_number == 1 and isinstance(tensor, int):
                kind = tensor
            elif tensor_number == 2:
                shape += _dimensions(walker, _message(tensor))[: 64 - len(shape)]
    return [name, _type(kind), shape_text(shape)]


def _inside(walker: Walker, value: int | Span, way: list[int]) -> list[tuple[int, int | Span]]:
    """Return the fields of the message to which these numbers lead; the first is `value`'s."""
    if not way:
        return []
    fields = list(walker.fields(_message(value)))
    for number in way[1:]:
        within = [each for found_number, each in fields if found_number == number]
        fields = [pair for each in within for pair in walker.fields(_message(each))]
    return fields


def _dimensions(walker: Walker, span: Span) -> list[Any]:
    dimensions: list[Any] = []
    for number, dimension in walker.fields(span):
        if number == 1 and len(dimensions) < 64:
            fields = dict(walker.fields(_message(dimension)))
            name = fields.get(2)
            dimensions.append(fields.get(1, "?") if name is None else walker.text(name)[:40])
    return dimensions


def _pair(walker: Walker, value: int | Span) -> list[Any]:
    """Return fields 1 and 2 of a small message: key and value, or domain and version."""
    fields = dict(walker.fields(_message(value)))
    texts = (fields.get(1, Span(0, 0)), fields.get(2, Span(0, 0)))
    return [each if isinstance(each, int) else walker.text(each) for each in texts]


def _message(value: int | Span) -> Span:
    if not isinstance(value, Span):
        raise Unreadable(_("This is not an ONNX model: a number stands where a part should be."))
    return value


def _type(kind: int) -> str:
    return _TYPES[kind] if kind < len(_TYPES) else str(kind)
