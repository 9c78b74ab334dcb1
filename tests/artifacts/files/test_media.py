"""Objects of the SDK in summaries, in the forms in which wandb 0.31 writes them."""

from artifacts.formats.media import MediaFile, Reference, reference_in, split_media
from tests.helpers.media import MEDIA


def test_objects_are_parted_from_plain_values():
    media, rest = split_media({**MEDIA, "loss": 1, "deep": {"img": MEDIA["img"], "f1": 0.5}})
    assert rest == {"loss": 1, "deep": {"f1": 0.5}}
    assert [each.name for each in media] == sorted([*MEDIA, "deep.img"])


def test_files_of_each_kind_with_their_captions():
    media = {each.name: each for each in split_media(MEDIA)[0]}
    assert media["img"].files == [MediaFile("media/images/img_2_4ba8.png", "sample 2")]
    assert [each.caption for each in media["imgs"].files] == ["c0", "c1", ""]
    assert [each.path for each in media["sounds"].files] == [
        "media/audio/a.wav",
        "media/audio/b.wav",
    ]
    assert media["table"].reference == Reference(client_id="abc", path="t.json", text="t.json")
    assert media["used"].reference == Reference(id="QXJ0aWZhY3Q6Mzc=", text="the-data:v0")
    assert not media["used"].files


def test_what_nothing_can_be_shown_of_stays_a_plain_value():
    odd = {
        "a": {"_type": "thing", "x": 1},
        "b": {"_type": 5},
        "c": {"_type": "image-file", "path": 7},
        "d": {"_type": "audio", "audio": [3, {"path": None}]},
        "e": {},
        "f": [{"_type": "html-file"}],
    }
    assert split_media(odd) == ([], odd)
    deep = value = {}
    for _level in range(60):
        value["x"] = {"y": 1}
        value = value["x"]
    assert split_media(deep)[1] == deep


def test_addresses_of_artifacts():
    assert reference_in("wandb-artifact://" + b"Artifact:37".hex() + "/a/b.json") == Reference(
        id="Artifact:37", path="a/b.json", text="a/b.json"
    )
    assert reference_in("wandb-client-artifact://abc") == Reference(client_id="abc")
    assert reference_in("wandb-artifact://zz/x") == Reference(path="x", text="x")
    for other in ("https://a", "", 3, None, "wandb-artifact://"):
        assert reference_in(other) is None
