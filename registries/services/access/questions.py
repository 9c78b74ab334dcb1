"""What a person might want to do in a registry, and the checks that decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy

from artifacts.models import Collection, Membership
from artifacts.services.aliases.aliases import check_alias_names, check_may_give, check_protected
from artifacts.services.collections.collections import check_may_delete_collection
from artifacts.services.collections.links import check_may_unlink
from registries.models import Registry
from registries.services.registry.deletion import check_deletable
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check


class Question(StrEnum):
    """Something that a person might want to do."""

    SEE = "see"
    DOWNLOAD = "download"
    LINK = "link"
    EDIT = "edit"
    ALIAS = "alias"
    UNLINK = "unlink"
    DELETE_COLLECTION = "delete_collection"
    MANAGE = "manage"
    DELETE_REGISTRY = "delete_registry"


QUESTIONS = {
    Question.SEE: gettext_lazy("see the registry and what is in it"),
    Question.DOWNLOAD: gettext_lazy("use and download versions and open their files"),
    Question.LINK: gettext_lazy("link versions here"),
    Question.EDIT: gettext_lazy("create and edit collections, cards and tags"),
    Question.ALIAS: gettext_lazy("set and move the alias {alias}"),
    Question.UNLINK: gettext_lazy("unlink {version}"),
    Question.DELETE_COLLECTION: gettext_lazy("delete the collection {collection}"),
    Question.MANAGE: gettext_lazy("change settings, members and protected aliases"),
    Question.DELETE_REGISTRY: gettext_lazy("delete the registry"),
}


@dataclass(frozen=True)
class Subject:
    """What a question is about: a registry, and the collection, version or alias if it matters."""

    registry: Registry
    alias: str = ""
    collection: Collection | None = None
    membership: Membership | None = None

    def asks(self, question: Question) -> bool:
        """Return whether the question has everything that it is about."""
        return {
            Question.ALIAS: bool(self.alias),
            Question.UNLINK: self.membership is not None,
            Question.DELETE_COLLECTION: self.collection is not None,
        }.get(question, True)


def _role(action: Action) -> Callable[[User, Subject], None]:
    def ask(user: User, subject: Subject) -> None:
        check(user, action, subject.registry.project)

    return ask


def _alias(user: User, subject: Subject) -> None:
    project = subject.registry.project
    collection = subject.collection.name if subject.collection else ""
    # the rule that asks for more comes first: the answer names the role that is enough
    check_protected(by=user, project=project, names=[subject.alias])
    check(user, Action.EDIT, project)
    names = check_alias_names([subject.alias], collection=collection)
    check_may_give(by=user, project=project, names=names, collection=collection)


def _unlink(user: User, subject: Subject) -> None:
    if subject.membership is not None:
        check_may_unlink(by=user, membership=subject.membership)


def _delete_collection(user: User, subject: Subject) -> None:
    if subject.collection is not None:
        check_may_delete_collection(by=user, collection=subject.collection)


def _delete_registry(user: User, subject: Subject) -> None:
    check_deletable(by=user, registry=subject.registry)


CHECKS: dict[Question, Callable[[User, Subject], None]] = {
    Question.SEE: _role(Action.READ),
    Question.DOWNLOAD: _role(Action.DOWNLOAD),
    Question.LINK: _role(Action.EDIT),
    Question.EDIT: _role(Action.EDIT),
    Question.ALIAS: _alias,
    Question.UNLINK: _unlink,
    Question.DELETE_COLLECTION: _delete_collection,
    Question.MANAGE: _role(Action.MANAGE),
    Question.DELETE_REGISTRY: _delete_registry,
}
