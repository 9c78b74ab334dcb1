"""Model files built by hand, byte by byte, as the formats' own descriptions say."""

import io
import json
import struct
import tarfile
import zipfile


def safetensors(tensors=None, metadata=None, data=b"\0" * 64):
    """`tensors` maps names to (dtype, shape, begin, end)."""
    tensors = {"layer.weight": ("F32", [2, 4], 0, 32)} if tensors is None else tensors
    header = {
        name: {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
        for name, (dtype, shape, begin, end) in tensors.items()
    }
    if metadata:
        header["__metadata__"] = metadata
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def gguf(version=3, order="<", values=None, tensors=(("blk.0.weight", [4096, 32], 2),)):
    """`values` maps keys to text, whole numbers, floats, booleans, or lists of text or numbers."""
    length = "I" if version == 1 else "Q"

    def number(form, value):
        return struct.pack(order + form, value)

    def text(value):
        return number(length, len(value.encode())) + value.encode()

    def plain(value):
        if isinstance(value, str):
            return 8, text(value)
        if isinstance(value, bool):
            return 7, number("?", value)
        if isinstance(value, int):
            return 4, number("I", value)
        return 6, number("f", value)

    def typed(value):
        if not isinstance(value, list):
            kind, data = plain(value)
            return number("I", kind) + data
        items = [plain(each) for each in value]
        head = number("I", 9) + number("I", items[0][0]) + number(length, len(items))
        return head + b"".join(data for _kind, data in items)

    values = {"general.architecture": "llama"} if values is None else values
    parts = [
        b"GGUF",
        number("I", version),
        number(length, len(tensors)),
        number(length, len(values)),
    ]
    parts += [text(key) + typed(value) for key, value in values.items()]
    for name, shape, kind in tensors:
        parts += [text(name), number("I", len(shape)), *(number(length, each) for each in shape)]
        parts += [number("I", kind), number("Q", 0)]
    return b"".join(parts)


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def proto(*fields):
    """A message of protobuf from (number, whole number or text or bytes or list of fields)."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
            continue
        if isinstance(value, list):
            value = proto(*value)
        value = value.encode() if isinstance(value, str) else value
        out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def onnx(raw=b"\0" * 32):
    """A Gemm and two Relus over one weight."""

    def end(name, *shape):
        dims = [(1, [(1, each) if isinstance(each, int) else (2, each)]) for each in shape]
        return [(1, name), (2, [(1, [(1, 1), (2, dims)])])]

    graph = [
        (1, [(1, "x"), (2, "y"), (4, "Gemm")]),
        (1, [(1, "y"), (2, "z"), (4, "Relu")]),
        (1, [(1, "z"), (2, "z2"), (4, "Relu")]),
        (2, "main"),
        (5, [(1, varint(3) + varint(4)), (2, 1), (8, "W"), (9, raw)]),
        (11, end("x", "batch", 3)),
        (12, end("z2", "batch", 4)),
    ]
    return proto(
        (1, 9),
        (2, "pytorch"),
        (3, "2.5"),
        (7, graph),
        (8, [(1, ""), (2, 17)]),
        (14, [(1, "author"), (2, "ana")]),
    )


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def npy(descr="'<f4'", shape="(3, 4)", version=1):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    head = b"\x93NUMPY" + bytes([version, 0])
    return head + struct.pack("<H" if version == 1 else "<I", len(text)) + text + b"\0" * 48
