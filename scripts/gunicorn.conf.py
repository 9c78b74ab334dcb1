"""The production server: two processes with threads, on the address that the settings name, and
one that works in the background (registry_site/server/background.py)."""

import gc
import os
import resource
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
from django.conf import settings
from gunicorn.arbiter import Arbiter

from registry_site.server.background import choose_part

web_threads = os.environ.get("WEB_THREADS", "16")
if not web_threads.isdecimal() or int(web_threads) == 0:
    sys.exit(f"cairn: WEB_THREADS={web_threads!r} is not understood: give a number from 1 on.")

os.umask(0o077)  # other users may not read new files
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
# each client needs a descriptor
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))

host = f"[{settings.HOST}]" if settings.HOST.count(":") > 1 else settings.HOST
bind = f"{host}:{settings.PORT}"
worker_class = "registry_site.server.worker.Worker"
workers = 3  # two that serve and one that works in the background
threads = int(web_threads)
worker_connections = 2000
preload_app = True  # one copy of the code in memory, and half the work at the start
control_socket_disable = True  # all instances would share one in the home folder
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeats
timeout = 60  # seconds until a worker that hangs is killed; slow requests have their own threads
graceful_timeout = 30
keepalive = 75  # the SDK sends every 15 s, and nginx keeps its connections for 60 s
# What a header says of the client, its scheme and prefix is Django's matter (TRUSTED_PROXY).
forwarded_allow_ips = ""
forwarder_headers = ""
limit_request_line = 8190  # paths of files, percent-encoded in an address, outgrow the default
loglevel = "warning"


def on_starting(server: Arbiter) -> None:
    """Load the whole site before the processes fork: later loads cost memory in each process."""
    from django.urls import get_resolver

    from registry_site.server.logs import Formatter

    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    for handler in server.log.error_log.handlers:
        handler.setFormatter(Formatter(server.log.error_fmt, server.log.datefmt))
    gc.collect()
    gc.freeze()  # marking old objects would copy their memory pages in each process


def pre_fork(server: Arbiter, worker: object) -> None:
    choose_part(server, worker)


def when_ready(server: object) -> None:
    print(f"cairn: ready at {settings.BASE_URL or f'http://{bind}'}", flush=True)
