"""Values of a summary as wandb 0.31 sends them; tests/sdk/test_sdk_media.py asks the SDK."""

import base64

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
_SHA = "4ba8b00268e6f3d2f87652ce19b3a8cb784aafab9e426865f7201810d7680333"


def _file(kind, path, **more):
    return {"_type": kind, "path": path, "sha256": _SHA, "size": 7_308, **more}


MEDIA = {
    "bins": {"_type": "histogram", "values": [2, 7, 1], "bins": [-1.5, 0, 1.5, 3]},
    "boxes": _file(
        "image-file", "media/images/boxes.png", width=60, height=40, format="png",
        boxes={"predictions": _file("boxes2D", "media/metadata/boxes2D/b.boxes2D.json")},
    ),
    "film": _file("video-file", "media/videos/film.mp4", caption="film"),
    "html": _file("html-file", "media/html/page.html"),
    "img": _file(
        "image-file", "media/images/img_2_4ba8.png", width=60, height=40, format="png",
        caption="sample 2",
    ),
    "imgs": {
        "_type": "images/separated", "count": 3, "width": 60, "height": 40, "format": "png",
        "filenames": ["media/images/0.png", "media/images/1.png", "media/images/2.png"],
        "captions": ["c0", "c1"],
    },
    "joined": _file("joined-table", "media/tables/j.joined-table.json"),
    "parts": _file("partitioned-table", "media/tables/p.partitioned-table.json"),
    "plotly": _file("plotly-file", "media/plotly/p.plotly.json"),
    "points": _file("object3D-file", "media/object3D/p.pts.json"),
    "sound": _file("audio-file", "media/audio/sound.wav", caption="beep"),
    "sounds": {
        "_type": "audio", "count": 2, "sampleRates": [8000, 8000], "durations": [1, 1],
        "audio": [_file("audio-file", f"media/audio/{name}.wav") for name in "ab"],
    },
    "table": _file(
        "table-file", "media/table/table.table.json", ncols=3, nrows=20, log_mode="IMMUTABLE",
        artifact_path="wandb-client-artifact://abc/t.json",
        _latest_artifact_path="wandb-client-artifact://def:latest/t.json",
    ),
    "used": {
        "_type": "artifactVersion", "_version": "v0", "id": "QXJ0aWZhY3Q6Mzc=", "version": "v0",
        "sequenceName": "the-data", "usedAs": None,
    },
}  # fmt: skip
