"""What people change about themselves, and how they sign up where that is open."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import check_email, unavailable
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.people import (
    check_server_admin,
    create_user,
    set_default_entity,
    set_password,
)
from registry_site.errors import Conflict, Denied, Invalid, NotFound


@transaction.atomic
def update_profile(*, by: User, name: str, email: str) -> User:
    """Set the person's own displayed name and e-mail address."""
    check_email(email)
    before = {"name": by.name, "email": by.email}
    by.name, by.email = name.strip(), email
    after = {"name": by.name, "email": by.email}
    if after == before:
        return by
    if after["email"] != before["email"]:
        by.email_is_confirmed = False
    by.save(update_fields=["name", "email", "email_is_confirmed"])
    record_event(
        by=by,
        verb=Verb.UPDATE,
        kind=Kind.USER,
        subject=by.username,
        subject_id=by.pk,
        before=before,
        after=after,
    )
    return by


@transaction.atomic
def update_self(
    *,
    by: User,
    user_pk: int | None = None,
    name: str | None = None,
    default_entity: str | None = None,
) -> User:
    """Change a person's own name and default entity in one request; None changes nothing.

    `user_pk`: whom the request names. Raises Denied for somebody else, NotFound for a person whom
    `by` may not see.
    """
    if user_pk is not None and user_pk != by.pk:
        if not User.objects.visible_to(by).filter(pk=user_pk).exists():
            raise NotFound(_("There is no such person, or you may not see them."))
        raise Denied(_("People change their own settings; these are somebody else's."))
    if name is not None:
        update_profile(by=by, name=name, email=by.email)
    if default_entity is not None:
        set_default_entity(by=by, name=default_entity)
    return by


@transaction.atomic
def change_password(*, by: User, current: str, new: str) -> User:
    """Set the person's own new password; they must give the current one."""
    if by.has_usable_password() and not by.check_password(current):
        raise Invalid(_("The current password is another one."))
    if not new:
        raise Invalid(_("Give a new password."))
    set_password(by, new)
    by.save(update_fields=["password"])
    record_event(
        by=by, verb=Verb.SET_PASSWORD, kind=Kind.USER, subject=by.username, subject_id=by.pk
    )
    return by


@transaction.atomic
def reset_password(*, by: User, user: User, new: str) -> None:
    """Give a person a password, for one who has none or lost it; server admins may."""
    check_server_admin(by)
    if user.is_service:
        raise Invalid(_("{user} is a service account: nobody logs in as it.").format(user=user))
    if not new:
        raise Invalid(_("Give a new password."))
    set_password(user, new)
    user.save(update_fields=["password"])
    record_event(
        by=by, verb=Verb.SET_PASSWORD, kind=Kind.USER, subject=user.username, subject_id=user.pk
    )


def sign_up(*, username: str, email: str, password: str) -> User:
    """Make an account for a visitor, where the server's settings open sign-up."""
    if not settings.SIGNUP:
        raise NotFound(_("Sign-up is closed on this server; ask its admin for an account."))
    if not password:
        raise Invalid(_("Give a password."))
    try:
        return create_user(
            by=None, username=username, email=email, password=password, is_confirmed=False
        )
    except Conflict as error:  # a stranger must not learn who exists
        raise unavailable(username) from error
