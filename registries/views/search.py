from django.http import HttpRequest, HttpResponse


def search(request: HttpRequest, organization: str) -> HttpResponse:
    raise NotImplementedError
