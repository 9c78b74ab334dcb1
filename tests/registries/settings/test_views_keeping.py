import pytest

from artifacts.models import Project
from artifacts.services.collections.links import link_version
from artifacts.services.trash.trash import delete_version
from registries.services.registry.retention import set_keeps_linked
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, NotFound

URL = "/orgs/Acme/registry/model/settings/keeping"


def keeps():
    return Project.objects.get(name="wandb-registry-model").keeps_linked


def test_an_admin_lets_go_of_what_is_linked(alice, bob, registry, version):
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    with pytest.raises(Conflict, match="registries keep"):
        delete_version(by=bob, version=version, with_aliases=True)
    for _time in range(2):
        set_keeps_linked(by=alice, registry=registry, keeps_linked=False)
    event = Event.objects.get(kind="registry")
    assert (event.before, event.after) == ({"keeps_linked": True}, {"keeps_linked": False})
    delete_version(by=bob, version=version, with_aliases=True)


def test_who_may_not(bob, charlie, registry):
    for person, refusal in ((bob, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            set_keeps_linked(by=person, registry=registry, keeps_linked=False)


@pytest.mark.slow
def test_the_tab(client, alice, bob, charlie, registry, version):
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    client.force_login(alice)
    response = client.get(URL)
    text = response.content.decode()
    assert "On: 1 link keeps its source from deletion." in text
    assert "Nothing here is on legal hold." in text
    opened = response.context["form"]["opened"].value()
    assert client.post(URL, {"opened": opened}).status_code == 302
    assert not keeps()
    assert "Off: the source of 1 link can be deleted" in " ".join(
        client.get(URL).content.decode().split()
    )
    client.force_login(bob)
    text = client.get(URL).content.decode()
    assert '<button class="button button-primary"' not in text
    assert client.post(URL, {"opened": opened}).status_code == 403
    client.force_login(charlie)
    assert client.get(URL).status_code == client.post(URL).status_code == 404


def test_what_a_form_leaves_alone_stays_as_somebody_else_set_it(client, alice, root, registry):
    client.force_login(alice)
    opened = client.get(URL).context["form"]["opened"].value()
    set_keeps_linked(by=root, registry=registry, keeps_linked=False)
    assert client.post(URL, {"opened": opened, "keeps_linked": "on"}).status_code == 302
    assert not keeps()
