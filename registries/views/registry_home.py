from django.http import HttpRequest, HttpResponse


def registry_home(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def organization_home(request: HttpRequest, organization: str) -> HttpResponse:
    raise NotImplementedError
