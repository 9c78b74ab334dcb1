"""Fields by which a project's runs are filtered and ordered."""

from collections.abc import Sequence

from django.db.models import Q

from registry_site.filters import NOTHING, Column, Field, Json, JsonValue, Test, Text, Time


def _in_config(path: Sequence[str]) -> Sequence[str]:
    """Return a path below the value: `config.lr` and `config.lr.value` lead to the same one."""
    name, *below = path
    return [name, "value", *(below[1:] if below[:1] == ["value"] else below)]


class _Sweep(Field):
    """Runs belong to no sweep here."""

    def where(self, test: Test) -> Q:
        return NOTHING

    def exists(self) -> Q:
        return NOTHING


# By the names of wandb 0.31, which writes most of them in two ways.
FIELDS: dict[str, Field] = {
    "name": Text("name"),
    "displayName": Text("display_name"),
    "display_name": Text("display_name"),
    "state": Text("state_now"),
    "tags": Json("tags"),
    "group": Text("group"),
    "jobType": Text("job_type"),
    "job_type": Text("job_type"),
    "host": Text("host"),
    "commit": Text("commit"),
    "notes": Text("notes"),
    "username": Text("user__username"),
    "createdAt": Time("created_at"),
    "created_at": Time("created_at"),
    "heartbeatAt": Time("heartbeat_at"),
    "heartbeat_at": Time("heartbeat_at"),
    "config": Json("config", inside=_in_config),
    "summary_metrics": Json("summary"),
    "summaryMetrics": Json("summary"),
    "sweep": _Sweep(""),
}


ORDERS = {
    "name": Column("name"),
    "displayName": Column("display_name"),
    "display_name": Column("display_name"),
    "createdAt": Column("created_at"),
    "created_at": Column("created_at"),
    "heartbeatAt": Column("heartbeat_at"),
    "heartbeat_at": Column("heartbeat_at"),
    "config": JsonValue("config", inside=_in_config),
    "summary_metrics": JsonValue("summary"),
    "summaryMetrics": JsonValue("summary"),
}
