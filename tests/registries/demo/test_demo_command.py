"""What `manage.py demo` does where the demo is not, or not yet."""

import pytest
from django.core.management import call_command

from registries.demo import build, flowers
from registry_site.accounts.models import Event, User
from tests import factories


def test_demo_command_does_nothing_when_switched_off(db, settings, capsys):
    settings.DEMO = False
    call_command("demo")
    assert capsys.readouterr().out == ""
    assert not User.objects.exists()


@pytest.mark.slow
def test_demo_killed_in_the_middle_leaves_nothing(db, monkeypatch):
    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(flowers, "train_all", die)
    with pytest.raises(KeyboardInterrupt):
        build.make_demo()
    assert not User.objects.exists()
    assert not Event.objects.exists()


def test_demo_command_says_why_not_when_a_name_is_taken(db, settings, capsys):
    settings.DEMO = True
    factories.make_user("ana")
    call_command("demo")
    assert "no demo data was made: The name 'ana' is taken" in capsys.readouterr().err
    assert User.objects.count() == 1
