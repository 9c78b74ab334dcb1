"""Demo data on the first start, and at each start how to get at it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from registries.demo.build import make_demo
from registries.demo.credentials import read_credentials
from registries.demo.flowers import MODELS
from registries.demo.people import PEOPLE
from registry_site.errors import DomainError


class Command(BaseCommand):
    help = "Make the demo data once, and print its logins. Does nothing with DEMO=0."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            return
        try:
            is_new = make_demo()
        except DomainError as error:  # the server starts without a demo
            self.stderr.write(f"cairn: no demo data was made: {error.message}")
            return
        credentials = read_credentials()
        address = settings.BASE_URL or f"http://{_host()}:{settings.PORT}"
        say = self.stdout.write
        say("Demo data was made." if is_new else "Demo data is there.")
        say(f"  Address   {address}")
        for username, password in credentials.passwords.items():
            say(f"  Login     {username:<6}{password}  {PEOPLE[username][2]}")
        if not credentials.passwords:
            say("  Logins    none: the demo's passwords were changed, or made on another machine")
        if credentials.api_key:
            say(f"  API key   {credentials.api_key}  of ana")
            say("Point the SDK here:")
            say("  pip install wandb")
            say(f"  export WANDB_BASE_URL={address} WANDB_API_KEY={credentials.api_key}")
            path = f"{MODELS}:production"
            say(f"  python -c 'import wandb; print(wandb.Api().artifact(\"{path}\").metadata)'")


def _host() -> str:
    return f"[{settings.HOST}]" if settings.HOST.count(":") > 1 else settings.HOST
