"""The picker of people and teams: what it offers, and what its field takes without a script."""

from django import forms
from django.http import QueryDict
from django.urls import reverse

from registries.forms.people import PeopleField

SUGGESTIONS = reverse("registries:people_suggestions", args=["Acme"])


class PickerForm(forms.Form):
    names = PeopleField()


def test_the_picker_offers_colleagues(client, victor, vision):
    victor.email_is_confirmed = False
    victor.save(update_fields=["email_is_confirmed"])
    client.force_login(victor)
    answer = client.get(SUGGESTIONS, {"q": "vi"})
    assert [row["name"] for row in answer.json()["found"]] == ["victor", "vision"]
    assert "@" not in answer.text  # an address that is not confirmed
    assert client.post(SUGGESTIONS).status_code == 405
    assert client.get(SUGGESTIONS, {"q": "<script>" * 99}).json() == {"found": []}


def test_the_picker_is_for_people_of_the_organization(client, charlie, vision):
    assert client.get(SUGGESTIONS).status_code == 302
    client.force_login(charlie)
    assert client.get(SUGGESTIONS).status_code == 404


def test_tokens_and_typed_names_are_one_list():
    form = PickerForm(QueryDict("names=bob&names=vision&names=a@b.example;+victor,bob+"))
    assert form.is_valid()
    assert form.cleaned_data["names"] == ["bob", "vision", "a@b.example", "victor"]
    assert "required" not in str(form["names"])


def test_no_name_and_too_many_are_refused():
    assert not PickerForm(QueryDict("names=+,+")).is_valid()
    many = ",".join(f"p{number}" for number in range(101))
    assert "at most 100" in str(PickerForm(QueryDict(f"names={many}")).errors)
