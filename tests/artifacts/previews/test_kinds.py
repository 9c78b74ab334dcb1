import pytest

from artifacts.previews.kinds import Kind, kind_of, language_of


@pytest.mark.parametrize(
    ("path", "kind", "language"),
    [
        ("a/b/model.safetensors", Kind.SAFETENSORS, "text"),
        ("MODEL.GGUF", Kind.GGUF, "text"),
        ("eval.table.json", Kind.WANDB_TABLE, "json"),
        ("table.json", Kind.JSON, "json"),
        ("a.b.tar.gz", Kind.ARCHIVE, "text"),
        ("a.gz", Kind.PACKED, "text"),
        ("src/train.py", Kind.CODE, "python"),
        ("Dockerfile", Kind.CODE, "docker"),
        ("src/CMakeLists.txt", Kind.CODE, "cmake"),
        (".env", Kind.CODE, "ini"),
        ("README.md", Kind.MARKDOWN, "markdown"),
        ("page.html", Kind.CODE, "html"),
        ("pic.svg", Kind.IMAGE, "text"),
        ("bin", Kind.UNKNOWN, "text"),
        ("csv/x", Kind.UNKNOWN, "text"),
        ("", Kind.UNKNOWN, "text"),
        ("a/", Kind.UNKNOWN, "text"),
        ("...", Kind.UNKNOWN, "text"),
    ],
)
def test_a_kind_comes_from_the_name(path, kind, language):
    assert kind_of(path) == kind
    assert language_of(path) == language
