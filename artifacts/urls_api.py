"""Addresses that the SDK calls; people never see them."""

from django.urls import path

from artifacts.views import streams, transfers

app_name = "api"
urlpatterns = [
    path("files/<entity>/<project>/<run>/file_stream", streams.file_stream, name="file_stream"),
    path("storage/upload/<token>", transfers.upload, name="upload"),
    path("storage/download/<token>/<path:name>", transfers.download, name="download"),
    path(
        "artifactsV2/<region>/<entity>/<project>/<collection>/<artifact_id>/<birth_id>/<digest>"
        "/<name>",
        transfers.artifact_file,
        name="artifact_file",
    ),
    path(
        "artifactsV2/<region>/<entity>/<project>/<collection>/<birth_id>/<digest>/<name>",
        transfers.artifact_file,
        name="artifact_file_by_digest",
    ),
    # telemetry: the client switches it off for the process when it gets 404 here (wandb 0.31)
    path("sdk/otel/<path:name>", transfers.no_telemetry, name="no_telemetry"),
]
