"""Addresses that the SDK calls; people never see them."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from artifacts.views.sdk import streams, transfers


class Hex(StringConverter):
    """An MD5 or XXH128, by which addresses with and without `artifact_id` are told apart."""

    regex = "[0-9a-f]{32}"


register_converter(Hex, "hex")

app_name = "api"
# wandb 0.31 doesn't encode the name at the end: a `%2F` in it arrives as a slash
urlpatterns = [
    path("files/<entity>/<project>/<run>/file_stream", streams.file_stream, name="file_stream"),
    path("storage/upload/<token>", transfers.upload, name="upload"),
    path("storage/download/<token>/<path:name>", transfers.download, name="download"),
    path(
        "artifactsV2/<region>/<entity>/<project>/<collection>/<artifact_id>/<birth_id>"
        "/<hex:digest>/<path:name>",
        transfers.artifact_file,
        name="artifact_file",
    ),
    path(
        "artifactsV2/<region>/<entity>/<project>/<collection>/<birth_id>/<digest>/<path:name>",
        transfers.artifact_file,
        name="artifact_file_by_digest",
    ),
    # telemetry: the client switches it off for the process when it gets 404 here (wandb 0.31)
    path("sdk/otel/<path:name>", transfers.no_telemetry, name="no_telemetry"),
]
