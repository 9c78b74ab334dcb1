"""The WSGI callable that the production server loads."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")


class Request(WSGIRequest):
    """A request read as UTF-8, whatever charset it declares; middleware.py refuses other charsets.

    Django would use the declared charset, and fails for codecs that make no text.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        kind = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = kind


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Handler()
