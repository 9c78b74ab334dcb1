"""Alerts that scripts raise."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Run, RunAlert
from artifacts.services.locks import lock_run
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid

MOST_TITLE, MOST_TEXT = 256, 10_000  # characters
_LONGEST_WAIT = timedelta(days=365)


@transaction.atomic
def create_alert(
    *,
    by: User,
    run: Run,
    title: str,
    text: str = "",
    severity: str = "INFO",
    wait: timedelta = timedelta(),
) -> RunAlert | None:
    """Store an alert of a run; return None if one of this title came less than `wait` ago."""
    check(by, Action.EDIT, run.project)
    if not 0 < len(title) <= MOST_TITLE or len(text) > MOST_TEXT:
        raise Invalid(
            _(
                "An alert has a title of 1 to {title} characters and a text of {text} at most."
            ).format(title=MOST_TITLE, text=MOST_TEXT)
        )
    if severity not in RunAlert.Severity.values:
        raise Invalid(
            _("The severity of an alert is one of {known}, not {given!r}.").format(
                known=", ".join(RunAlert.Severity.values), given=severity
            )
        )
    lock_run(run)  # else two at once would not see each other
    since = timezone.now() - min(wait, _LONGEST_WAIT)
    if RunAlert.objects.filter(run=run, title=title, created_at__gt=since).exists():
        return None
    return RunAlert.objects.create(run=run, title=title, text=text, severity=severity)
