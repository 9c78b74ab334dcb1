import pytest

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "rot13", "idna", "base64", "nothing"])
def test_a_charset_is_refused_and_never_used(rf, charset):
    from registry_site import wsgi  # not before the tests' own settings: it looks for static files

    kind = f"{FORM}; charset={charset}"
    environ = rf.post("/login", {}).environ | {"CONTENT_TYPE": kind, "QUERY_STRING": "q=%C3%A9"}
    request = wsgi.application.request_class(environ)
    assert request.GET["q"] == "é"
    assert request.content_params == {"charset": charset}
