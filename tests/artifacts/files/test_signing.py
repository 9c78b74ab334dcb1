import pytest

from artifacts import signing
from registry_site.errors import Denied


def test_signed_addresses_are_for_one_thing_and_a_time(settings):
    upload = signing.upload_path("file", 7).rpartition("/")[2]
    assert signing.read_upload_token(upload) == ("file", 7, 0)
    download = signing.download_path("ab" * 32, "dir/ä b?.txt")
    assert download.endswith("/%C3%A4%20b%3F.txt")
    token = download.split("/")[3]
    assert signing.read_download_token(token) == "ab" * 32
    for bad in (token, upload[:-1] + "!", "", "x:y:z"):
        with pytest.raises(Denied, match="not signed"):
            signing.read_upload_token(bad)
    settings.SIGNED_URL_SECONDS = -1
    with pytest.raises(Denied, match="expired"):
        signing.read_upload_token(upload)
