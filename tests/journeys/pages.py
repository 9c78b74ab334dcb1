"""Every page, and what each of the cast gets there: the table of rights as people meet it.

Alice is admin of Acme and of vision; Bob is a member of both, so in Archive a restricted viewer;
Victor views both; Charlie is a stranger; Root is admin of the server.
"""

PEOPLE = ("alice", "bob", "victor", "charlie", "root")

_MODEL = "/orgs/Acme/registry/model"
_CLASSIFIER = f"{_MODEL}/iris-classifier"
_ARCHIVE = "/orgs/Acme/registry/Archive"
_TYPE = "/vision/iris/artifacts/model"
_COMPARE = "/-/compare?version=vision/iris/iris-model:v0"
_METRICS = "metrics=1&choose=1&chart=run.accuracy"
_HISTORIES = "/-/histories?version=vision/iris/iris-model:v0&version=vision/iris/iris-model:v2"

PAGES = [
    # ---------------------------------- alice bob victor charlie root
    ("/",                                 200, 200, 200, 200, 200),
    ("/login",                            302, 302, 302, 302, 302),
    ("/settings",                         200, 200, 200, 200, 200),
    ("/authorize",                        200, 200, 200, 200, 200),
    ("/settings/people",                  403, 403, 403, 403, 200),
    ("/settings/people/new",              403, 403, 403, 403, 200),
    ("/settings/people/roles",            200, 403, 403, 403, 200),
    ("/settings/people/bob/password",     403, 403, 403, 403, 200),
    ("/settings/api-keys/{key}",          404, 200, 404, 404, 200),
    ("/settings/teams/new",               200, 200, 403, 403, 200),
    ("/settings/organizations/new",       403, 403, 403, 403, 200),
    # registries
    ("/registry/",                        302, 302, 302, 200, 302),
    ("/orgs/Acme/registry/",              200, 200, 200, 404, 200),
    ("/orgs/Acme/registry/-/new",         200, 200, 403, 404, 200),
    ("/orgs/Acme/registry/-/search?q=iris", 200, 200, 200, 404, 200),
    ("/orgs/Acme/registry/-/people",      200, 200, 200, 404, 200),
    ("/orgs/Acme/registry/-/people/bob/remove", 200, 403, 403, 404, 200),
    (_MODEL,                              200, 200, 200, 404, 200),
    (f"{_MODEL}/-/new-collection",        200, 200, 403, 404, 200),
    (f"{_MODEL}/empty-shelf",             200, 200, 200, 404, 200),
    (f"{_MODEL}/empty-shelf/-/delete",    200, 200, 403, 404, 200),
    (_CLASSIFIER,                         200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}?{_METRICS}",         200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/-/link",             200, 200, 403, 404, 200),
    (f"{_CLASSIFIER}/-/edit",             200, 200, 403, 404, 200),
    (f"{_CLASSIFIER}/-/history",          200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/-/tags/add",         200, 200, 403, 404, 200),
    (f"{_CLASSIFIER}/v1",                 200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/metadata",        200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/usage",           200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/usage?as=staging&kind=downloads", 200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/files",           200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/files?file=README.md", 200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/lineage",         200, 200, 200, 404, 200),
    (f"{_CLASSIFIER}/v1/-/unlink",        200, 200, 403, 404, 200),
    (f"{_CLASSIFIER}/staging",            200, 200, 200, 404, 200),
    ("/acme/registry/model?selectionPath=acme%2Fwandb-registry-model%2Firis-classifier",
                                          302, 302, 302, 404, 302),
    ("/orgs/Acme/registry/Zoo",           200, 200, 200, 404, 200),
    ("/orgs/Acme/registry/Zoo/-/new-collection", 200, 403, 403, 404, 200),
    (_ARCHIVE,                            200, 200, 200, 404, 200),
    (f"{_ARCHIVE}/kept/v0/files",         200, 200, 200, 404, 200),
    (f"{_ARCHIVE}/kept/-/link",           200, 403, 403, 404, 200),
    ("/orgs/Acme/registry/Vault",         200, 404, 404, 404, 200),
    ("/orgs/Acme/registry/Vault/kept/v0", 200, 404, 404, 404, 200),
    # what entities own
    ("/vision",                           200, 200, 200, 404, 200),
    ("/vision/settings",                  200, 403, 403, 404, 200),
    ("/vision/-/members/bob/remove",      200, 403, 403, 404, 200),
    ("/vision/-/service-accounts/new",    200, 403, 403, 404, 200),
    ("/vision/-/service-accounts/{service}", 200, 403, 403, 404, 200),
    ("/vision/-/default-ttl",             200, 403, 403, 404, 200),
    ("/bob",                              200, 200, 200, 404, 200),
    ("/bob/scratch",                      404, 200, 404, 404, 200),
    ("/vision/iris",                      200, 200, 200, 404, 200),
    ("/vision/iris/workspace",            200, 200, 200, 404, 200),
    ("/vision/iris/jobs",                 404, 404, 404, 404, 404),
    ("/vision/iris/runs/{run}",           200, 200, 200, 404, 200),
    ("/vision/iris/runs/{run}/-/file?file=notes.txt", 200, 200, 200, 404, 200),
    ("/vision/iris/runs/{run}/-/history?key=accuracy", 200, 200, 200, 404, 200),
    ("/vision/iris/artifacts",            200, 200, 200, 404, 200),
    (_TYPE,                               200, 200, 200, 404, 200),
    ("/vision/iris/-/trash",              200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model",               200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model?{_METRICS}",    200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model/-/tree",        200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model/v2",            200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model/v2/files?file=model.json", 200, 200, 200, 404, 200),
    (f"{_TYPE}/iris-model/v2/lineage",    200, 200, 200, 404, 200),
    ("/bob/scratch/artifacts/model/petals/v0", 404, 200, 404, 404, 200),
    # two versions beside each other
    ("/-/compare",                        200, 200, 200, 200, 200),
    (f"{_COMPARE}&version=vision/iris/iris-model:v2", 200, 200, 200, 404, 200),
    (f"{_COMPARE}&version=vision/iris/iris-model:v2&file=model.json", 200, 200, 200, 404, 200),
    (f"{_COMPARE}&version=acme/wandb-registry-Vault/kept:v0", 200, 404, 404, 404, 200),
    (f"{_COMPARE}&version=kept:v0",       400, 400, 400, 404, 400),
    # views of tables
    ("/-/projects/{project}/runs/views/new?query=state%3Dfailed", 200, 200, 200, 404, 200),
    ("/-/collections/{collection}/views/new", 200, 200, 200, 404, 200),
    ("/-/views/{view}",                   200, 200, 403, 404, 200),
    # histories of several versions' runs over each other
    ("/-/histories",                      200, 200, 200, 200, 200),
    (_HISTORIES,                          200, 200, 200, 404, 200),
    # what one changes on a version, and the way out of a project
    ("/registry/-/link?version={logged}", 200, 200, 200, 404, 200),
    ("/registry/-/link?version={personal}", 404, 200, 404, 404, 200),
    ("/-/memberships/{linked}/aliases",   200, 200, 403, 404, 200),
    ("/-/memberships/{linked}/aliases/remove?alias=staging", 200, 200, 403, 404, 200),
    ("/-/memberships/{linked}/tags",      200, 200, 403, 404, 200),
    ("/-/memberships/{linked}/description", 200, 200, 403, 404, 200),
    ("/-/memberships/{linked}/files/README.md", 302, 302, 302, 404, 302),
    ("/nobody",                           404, 404, 404, 404, 404),
]  # fmt: skip

# each list that a page shows, and the address of its files without `.csv` and `.json`
LISTS = [
    ("/settings/people", "/settings/people/-/people"),
    ("/orgs/Acme/registry/", "/orgs/Acme/registry/-/registries"),
    ("/orgs/Acme/registry/-/search?q=iris", "/orgs/Acme/registry/-/search/-/collections"),
    ("/orgs/Acme/registry/-/search?q=staging", "/orgs/Acme/registry/-/search/-/versions"),
    ("/orgs/Acme/registry/-/search?q=model", "/orgs/Acme/registry/-/search/-/registries"),
    ("/orgs/Acme/registry/-/people", "/orgs/Acme/registry/-/people/-/people"),
    (f"{_COMPARE}&version=vision/iris/iris-model:v2", "/-/compare/-/files"),
    (_MODEL, f"{_MODEL}/-/collections"),
    (_CLASSIFIER, f"{_CLASSIFIER}/-/versions"),
    (f"{_CLASSIFIER}/-/history", f"{_CLASSIFIER}/-/history/-/events"),
    (f"{_CLASSIFIER}/v1/files", f"{_CLASSIFIER}/v1/-/files"),
    (f"{_CLASSIFIER}/v1/usage", f"{_CLASSIFIER}/v1/usage/-/runs"),
    (f"{_CLASSIFIER}/v1/usage", f"{_CLASSIFIER}/v1/usage/-/downloads"),
    (f"{_TYPE}/iris-model/v1/usage", f"{_TYPE}/iris-model/v1/usage/-/runs"),
    (f"{_ARCHIVE}/kept/v0/files", f"{_ARCHIVE}/kept/v0/-/files"),
    ("/orgs/Acme/registry/Vault/kept/v0/files", "/orgs/Acme/registry/Vault/kept/v0/-/files"),
    ("/vision", "/vision/-/projects"),
    ("/vision", "/vision/-/members"),
    ("/vision/settings", "/vision/-/members"),
    ("/bob", "/bob/-/projects"),
    ("/vision/iris", "/vision/iris/-/runs"),
    ("/vision/iris", "/vision/iris/-/collections"),
    ("/vision/iris/runs/{run}", "/vision/iris/runs/{run}/-/files"),
    ("/vision/iris/runs/{run}", "/vision/iris/runs/{run}/-/console"),
    ("/vision/iris/runs/{run}", "/vision/iris/runs/{run}/-/history"),
    (_HISTORIES, "/-/histories"),
    ("/vision/iris/artifacts", "/vision/iris/artifacts/-/collections"),
    (_TYPE, f"{_TYPE}/-/collections"),
    ("/vision/iris/-/trash", "/vision/iris/-/trash/-/versions"),
    (f"{_TYPE}/iris-model", f"{_TYPE}/iris-model/-/versions"),
    (f"{_TYPE}/iris-model/v2/files", f"{_TYPE}/iris-model/v2/-/files"),
    ("/bob/scratch", "/bob/scratch/-/collections"),
]
