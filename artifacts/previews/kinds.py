"""The kind of a file, by its name alone."""

from enum import StrEnum


class Kind(StrEnum):
    """How a file is previewed. UNKNOWN is looked into: text if it reads as text, else a dump."""

    ARCHIVE = "archive"
    ARROW = "arrow"
    AUDIO = "audio"
    CODE = "code"
    GGUF = "gguf"
    IMAGE = "image"
    JSON = "json"
    JSON_LINES = "json-lines"
    MARKDOWN = "markdown"
    NOTEBOOK = "notebook"
    NUMPY = "numpy"
    ONNX = "onnx"
    PACKED = "packed"
    PDF = "pdf"
    PARQUET = "parquet"
    PICKLE = "pickle"
    SAFETENSORS = "safetensors"
    TABLE = "table"
    TEXT = "text"
    UNKNOWN = "unknown"
    VIDEO = "video"
    WANDB_TABLE = "wandb-table"


_SUFFIXES = {
    Kind.ARCHIVE: (
        "zip whl jar egg keras mar nupkg epub xlsx xlsm docx pptx ods odt odp "
        "tar tar.gz tgz tar.bz2 tar.xz"
    ),
    Kind.ARROW: "arrow arrows feather ipc",
    Kind.AUDIO: "wav mp3 ogg oga flac m4a opus",
    Kind.GGUF: "gguf",
    Kind.IMAGE: "png jpg jpeg gif webp avif bmp svg tif tiff",
    Kind.JSON: "json geojson webmanifest",
    Kind.JSON_LINES: "jsonl ndjson",
    Kind.MARKDOWN: "md markdown",
    Kind.NOTEBOOK: "ipynb",
    Kind.NUMPY: "npy npz",
    Kind.ONNX: "onnx",
    Kind.PACKED: "gz bz2 xz zst lzma",
    Kind.PDF: "pdf",
    Kind.PARQUET: "parquet pq",
    Kind.PICKLE: (
        "pkl pickle pt pth bin ckpt joblib pkl.gz pkl.bz2 pkl.xz joblib.gz joblib.z joblib.xz"
    ),
    Kind.SAFETENSORS: "safetensors",
    Kind.TABLE: "csv tsv",
    Kind.TEXT: "txt log text",
    Kind.VIDEO: "mp4 webm ogv mov m4v",
    Kind.WANDB_TABLE: "table.json joined-table.json partitioned-table.json",
}
_KINDS = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}

# what pygments calls the language of a suffix
_LANGUAGES = {
    "bash": "sh bash zsh",
    "batch": "bat cmd",
    "c": "c h",
    "cmake": "cmake",
    "cpp": "cc cpp cxx hpp hh",
    "css": "css scss",
    "cuda": "cu cuh",
    "diff": "diff patch",
    "docker": "dockerfile",
    "go": "go",
    "html": "html htm",
    "ini": "ini cfg conf properties env",
    "java": "java",
    "javascript": "js mjs cjs jsx",
    "jinja": "jinja j2",
    "julia": "jl",
    "kotlin": "kt",
    "lua": "lua",
    "make": "mk",
    "perl": "pl",
    "powershell": "ps1",
    "protobuf": "proto",
    "python": "py pyi pyx",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "splus": "r",
    "sql": "sql",
    "swift": "swift",
    "terraform": "tf hcl",
    "tex": "tex",
    "toml": "toml",
    "typescript": "ts tsx",
    "xml": "xml xsd plist",
    "yaml": "yaml yml",
}
_LANGUAGE_OF = {
    suffix: language for language, suffixes in _LANGUAGES.items() for suffix in suffixes.split()
}
_LANGUAGE_OF_NAME = {"cmakelists.txt": "cmake", "dockerfile": "docker", "makefile": "make"}


def kind_of(path: str) -> Kind:
    """Return the kind of the file at this path; its two last suffixes together come first."""
    if _name(path) in _LANGUAGE_OF_NAME:
        return Kind.CODE
    for suffix in _suffixes(path):
        if kind := _KINDS.get(suffix):
            return kind
        if suffix in _LANGUAGE_OF:
            return Kind.CODE
    return Kind.UNKNOWN


def language_of(path: str) -> str:
    """Return what pygments calls the language of the file, "text" for none."""
    kind = kind_of(path)
    if kind == Kind.CODE:
        language = _LANGUAGE_OF_NAME.get(_name(path))
        return language or next(
            _LANGUAGE_OF[each] for each in _suffixes(path) if each in _LANGUAGE_OF
        )
    if kind in {Kind.JSON, Kind.JSON_LINES, Kind.NOTEBOOK, Kind.WANDB_TABLE}:
        return "json"
    return "markdown" if kind == Kind.MARKDOWN else "text"


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _suffixes(path: str) -> list[str]:
    """Return the two last suffixes of the name, and the last one."""
    parts = _name(path).split(".")[1:]
    return [".".join(parts[-2:]), parts[-1]] if parts else []
