"""Alerts that a run sends."""

from datetime import timedelta

from artifacts.graphql.runs.runs import run_at
from artifacts.services.runs.alerts import create_alert
from registry_site.graphql.binding import field


@field("Mutation", "notifyScriptableRunAlert")
def notify_scriptable_run_alert(root, info, input):
    """Record an alert; wandb 0.31 gives `waitDuration` in milliseconds, others in nanoseconds."""
    user = info.context.user
    create_alert(
        by=user,
        run=run_at(user, input),
        title=input["title"],
        text=input["text"],
        severity=input.get("severity") or "INFO",
        wait=_wait(input.get("waitDuration")),
    )
    return {"success": True}


def _wait(milliseconds) -> timedelta:
    """Return how long the same alert is held back, within bounds, as clients may send anything."""
    if type(milliseconds) not in (int, float) or not 0 <= milliseconds < 2**53:
        return timedelta()
    return timedelta(milliseconds=milliseconds)
