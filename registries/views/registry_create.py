from django.http import HttpRequest, HttpResponse


def registry_create(request: HttpRequest, organization: str) -> HttpResponse:
    raise NotImplementedError
