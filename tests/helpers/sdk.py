"""Scripts of the real SDK, each in a process with a home of its own."""

import json

import pytest

from registry_site.accounts.services.keys.api_keys import set_api_key
from tests.helpers.graphql import key_of, sdk_environment
from tests.helpers.sdk_forks import run_script

# What every script has at hand. `tell` gives the test what it looks at.
PRELUDE = """
import json, os, sys, time
from pathlib import Path
import wandb
told = {}
def tell(**values):
    told.update(values)
    Path("told.json").write_text(json.dumps(told))
def forget():
    '''From now on files come from the server. Not `skip_cache=True`: in wandb 0.31 all threads of a
    download share one target then, and files get lost.'''
    os.environ["WANDB_CACHE_DIR"] = f"cache-{time.monotonic_ns()}"
def refusal(call):
    '''The sentence of a refusal and the seconds that it took, the quicker of two.'''
    best = None
    for _time in range(2):
        begun = time.monotonic()
        try:
            call()
        except Exception as error:
            seconds = time.monotonic() - begun
            best = min(best or seconds, seconds)
            sentence = f"{type(error).__name__}: {error}"
        else:
            return ["no refusal", 0]
    return [sentence, best]
"""


@pytest.fixture
def sdk(live_server, cast, tmp_path_factory):
    """`sdk(alice, script, **environment)` runs the script and returns what it told."""

    def run(user, script, *, key=None, prelude=PRELUDE, **environment):
        home = tmp_path_factory.mktemp("sdk")
        if user is not None:
            key = key or key_of(user)
            set_api_key(by=None, user=user, name="test", text=key)
        settings = {**sdk_environment(live_server.url, key, home), **environment}
        done = run_script(prelude + script, home, settings)
        assert done.returncode == 0, done.stdout + done.stderr
        told = home / "told.json"
        return json.loads(told.read_text()) if told.exists() else done.stdout

    return run
