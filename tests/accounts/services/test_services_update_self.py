import pytest

from registry_site.accounts.services.profile import update_self
from registry_site.errors import Denied, Invalid, NotFound


def test_name_and_default_entity(bob):
    update_self(by=bob, user_pk=bob.pk, name="Robert", default_entity="vision")
    bob.refresh_from_db()
    assert (bob.name, bob.default_entity.name) == ("Robert", "vision")


def test_what_is_not_given_stays(bob):
    update_self(by=bob, name="Robert", default_entity="vision")
    update_self(by=bob)
    bob.refresh_from_db()
    assert (bob.name, bob.default_entity.name) == ("Robert", "vision")


def test_all_or_nothing(bob):
    with pytest.raises(Invalid, match="no team of yours|not a team of yours"):
        update_self(by=bob, name="Robert", default_entity="none")
    bob.refresh_from_db()
    assert bob.name == ""


def test_others_change_their_own(bob, victor, charlie):
    with pytest.raises(Denied, match="their own settings"):
        update_self(by=bob, user_pk=victor.pk, name="x")
    for pk in (charlie.pk, 0):
        with pytest.raises(NotFound, match="no such person"):
            update_self(by=bob, user_pk=pk, name="x")
