"""A collection made only to read its path: create, copy, link by the real SDK, unlink, delete."""

from playwright.sync_api import expect

from artifacts.models import Collection

REGISTRY = "/orgs/Acme/registry/model"
LINK = """
Path("weights.bin").write_bytes(b"weights")
with wandb.init(entity="vision", project="iris") as run:
    artifact = wandb.Artifact("tulip-model", "model")
    artifact.add_file("weights.bin")
    run.link_artifact(artifact=artifact, target_path=%r)
"""
READ = """
with wandb.init(entity="vision", project="iris") as run:
    folder = Path(run.use_artifact(%r).download())
tell(content=(folder / "weights.bin").read_text())
"""


def copied(page):
    expect(page.locator("#announcer")).to_have_text("Copied")
    return page.evaluate("navigator.clipboard.readText()")


def test_create_copy_link_by_sdk_read_back_unlink_delete(world, open_page, bob, sdk):
    page = open_page(bob)
    page.goto(REGISTRY)
    page.get_by_role("link", name="Create collection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("tulips")
    dialog.get_by_role("button", name="Create collection").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("tulips")
    expect(page.locator("#messages")).to_contain_text("Collection tulips created.")

    snippet = page.get_by_role("region", name="Link to this collection")
    page.get_by_role("button", name="Copy target path").click()
    path = copied(page)
    assert path == "acme/wandb-registry-model/tulips"
    expect(snippet).to_contain_text(f'target_path = "{path}"')
    for part in ("acme", "wandb-registry-model", "tulips"):
        expect(page.get_by_role("term").get_by_text(part, exact=True)).to_be_visible()

    sdk(bob, LINK % path)
    page.reload()
    row = page.get_by_role("region", name="Versions", exact=True).get_by_role("row", name="v0")
    expect(row).to_contain_text("latest")
    expect(row).to_contain_text("vision/tulip-model:v0")
    row.get_by_role("link", name="View").click()
    page.get_by_role("button", name="Copy full name").click()
    assert sdk(bob, READ % copied(page)) == {"content": "weights"}

    page.get_by_role("button", name="Actions").click()
    page.get_by_role("link", name="Unlink").click()
    page.get_by_role("dialog").get_by_role("button", name="Unlink version").click()
    expect(page.locator("#messages")).to_contain_text("tulips:v0 unlinked.")
    page.get_by_role("button", name="Actions").click()  # what was in it is shown, not a way out
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete collection").click()
    expect(page.locator("#messages")).to_contain_text("Collection tulips deleted.")
    expect(page.get_by_role("heading", level=1)).to_have_text("model")
    assert not Collection.objects.filter(name="tulips").exists()
    assert Collection.objects.filter(name="tulip-model").exists()  # the source stays


def test_the_whole_snippet_runs_as_it_is_copied(world, open_page, bob, sdk):
    page = open_page(bob)
    page.goto(f"{REGISTRY}/empty-shelf")
    page.locator("figure", has_text="target_path").get_by_role("button", name="Copy").click()
    script = copied(page).replace("path/to/file", "weights.bin")
    sdk(bob, f'open("weights.bin", "w").write("weights")\n{script}', prelude="")
    page.reload()
    expect(page.get_by_role("region", name="Versions", exact=True)).to_contain_text(
        "vision/my-model:v0"
    )
