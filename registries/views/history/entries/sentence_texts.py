"""Each change as a sentence: "alice moved production from v9 to v10: passed field test".

A sentence is a text with named places, filled with names that may lead somewhere; as HTML for pages
and as plain text for feeds and files.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry_site.accounts.models import Kind, Verb

SENTENCES: dict[tuple[str, str], Promise] = {
    # what is linked to or logged in a collection, and the names there
    (Kind.COLLECTION, Verb.CREATE): _("{who} created the collection {thing}"),
    (Kind.COLLECTION, Verb.LINK): _("{who} linked {source} as {thing}"),
    (Kind.COLLECTION, Verb.UNLINK): _("{who} unlinked {thing}"),
    (Kind.COLLECTION, Verb.ADD_ALIAS): _("{who} gave the alias {alias} to {after}"),
    (Kind.COLLECTION, Verb.MOVE_ALIAS): _("{who} moved {alias} from {before} to {after}"),
    (Kind.COLLECTION, Verb.REMOVE_ALIAS): _("{who} removed the alias {alias} from {before}"),
    (Kind.COLLECTION, Verb.ROLL_BACK_ALIAS): _(
        "{who} rolled {alias} back from {before} to {after}"
    ),
    (Kind.COLLECTION, Verb.ADD_TAGS): _("{who} tagged the collection {thing} with {after}"),
    (Kind.COLLECTION, Verb.REMOVE_TAGS): _(
        "{who} removed the tags {before} from the collection {thing}"
    ),
    (Kind.COLLECTION, Verb.DELETE): _("{who} deleted the collection {thing}"),
    (Kind.COLLECTION, Verb.RESTORE): _("{who} restored the collection {thing}"),
    (Kind.COLLECTION, Verb.HOLD): _("{who} put the collection {thing} on legal hold"),
    (Kind.COLLECTION, Verb.LIFT_HOLD): _("{who} lifted the legal hold on the collection {thing}"),
    (Kind.COLLECTION, Verb.SET_RETENTION): _("{who} set the retention rule of {thing}"),
    (Kind.COLLECTION, Verb.REMOVE_RETENTION): _("{who} removed the retention rule of {thing}"),
    (Kind.VERSION, Verb.HOLD): _("{who} put {thing} on legal hold"),
    (Kind.VERSION, Verb.LIFT_HOLD): _("{who} lifted the legal hold on {thing}"),
    (Kind.VERSION, Verb.CREATE): _("{who} logged {thing}"),
    (Kind.VERSION, Verb.DELETE): _("{who} deleted {thing}"),
    (Kind.VERSION, Verb.RESTORE): _("{who} restored {thing}"),
    (Kind.VERSION, Verb.PURGE): _("{thing} was removed for good"),
    (Kind.RUN, Verb.STOP): _("{who} asked the run {thing} to stop"),
    (Kind.RUN, Verb.DELETE): _("{who} deleted the run {thing}"),
    (Kind.RUN, Verb.RESTORE): _("{who} restored the run {thing}"),
    (Kind.RUN, Verb.PURGE): _("the run {thing} was removed for good"),
    (Kind.RUN, Verb.REWIND): _("{who} rewound the run {thing} to step {step}"),
    (Kind.RUN_FILE, Verb.DELETE): _("{who} deleted files of the run {thing}"),
    (Kind.SAVED_VIEW, Verb.CREATE): _("{who} saved the view {thing}"),
    (Kind.SAVED_VIEW, Verb.UPDATE): _("{who} changed the saved view {thing}"),
    (Kind.SAVED_VIEW, Verb.DELETE): _("{who} deleted the saved view {thing}"),
    # places
    (Kind.REGISTRY, Verb.CREATE): _("{who} created the registry {thing}"),
    (Kind.REGISTRY, Verb.RENAME): _("{who} renamed the registry {before} to {after}"),
    (Kind.REGISTRY, Verb.DELETE): _("{who} deleted the registry {thing}"),
    (Kind.REGISTRY, Verb.PROTECT_ALIASES): _("{who} protected {after} in the registry {thing}"),
    (Kind.REGISTRY, Verb.UNPROTECT_ALIASES): _(
        "{who} unprotected {before} in the registry {thing}"
    ),
    (Kind.REGISTRY, Verb.PIN_ALIASES): _("{who} pinned {after} in the registry {thing}"),
    (Kind.REGISTRY, Verb.UNPIN_ALIASES): _("{who} unpinned {before} in the registry {thing}"),
    (Kind.REGISTRY, Verb.ADD_MEMBERS): _(
        "{who} gave {names} the role {role} in the registry {thing}"
    ),
    (Kind.REGISTRY, Verb.REMOVE_MEMBERS): _("{who} removed {names} from the registry {thing}"),
    (Kind.REGISTRY, Verb.SET_ROLE): _(
        "{who} changed the role of {names} in the registry {thing} from {old_role} to {role}"
    ),
    (Kind.REGISTRY, Verb.REQUEST_ACCESS): _(
        "{who} asked for the role {role} in the registry {thing}"
    ),
    (Kind.REGISTRY, Verb.WITHDRAW_REQUEST): _("{who} withdrew a request for the registry {thing}"),
    (Kind.REGISTRY, Verb.GRANT_ACCESS): _(
        "{who} granted the request of {names} for the registry {thing}, with the role {role}"
    ),
    (Kind.REGISTRY, Verb.DECLINE_ACCESS): _(
        "{who} declined the request of {names} for the registry {thing}"
    ),
    (Kind.TEAM, Verb.REQUEST_ACCESS): _("{who} asked for the role {role} in the team {thing}"),
    (Kind.TEAM, Verb.WITHDRAW_REQUEST): _("{who} withdrew a request for the team {thing}"),
    (Kind.TEAM, Verb.GRANT_ACCESS): _(
        "{who} granted the request of {names} for the team {thing}, with the role {role}"
    ),
    (Kind.TEAM, Verb.DECLINE_ACCESS): _(
        "{who} declined the request of {names} for the team {thing}"
    ),
    (Kind.PROJECT, Verb.CREATE): _("{who} created the project {thing}"),
    (Kind.PROJECT, Verb.RENAME): _("{who} renamed the project {before} to {after}"),
    (Kind.PROJECT, Verb.DELETE): _("{who} deleted the project {thing}"),
    (Kind.ORGANIZATION, Verb.CREATE): _("{who} created the organization {thing}"),
    (Kind.ORGANIZATION, Verb.REMOVE_MEMBER): _(
        "{who} removed {names} from the organization {thing}"
    ),
    (Kind.TEAM, Verb.CREATE): _("{who} created the team {thing}"),
    (Kind.TEAM, Verb.REMOVE_MEMBER): _("{who} removed {names} from the team {thing}"),
    (Kind.TEAM, Verb.INVITE): _("{who} invited {names} to the team {thing} with the role {role}"),
    (Kind.TEAM, Verb.ALLOW): _("{who} let {names} be invited to the team {thing}"),
    (Kind.TEAM, Verb.ACCEPT): _("{who} accepted the invitation to the team {thing}"),
    (Kind.TEAM, Verb.DECLINE): _("{who} declined the invitation to the team {thing}"),
    (Kind.TEAM, Verb.REFUSE): _("{who} refused to let {names} into the team {thing}"),
    (Kind.TEAM, Verb.WITHDRAW): _("{who} withdrew the invitation of {names} to the team {thing}"),
}
# many changes of one kind, which are one line of the activity
GROUPS: dict[tuple[str, str], Promise] = {
    (Kind.COLLECTION, Verb.LINK): _("{who} linked {count} versions to {collection}"),
    (Kind.COLLECTION, Verb.UNLINK): _("{who} unlinked {count} versions from {collection}"),
    (Kind.COLLECTION, Verb.DELETE): _(
        "{who} deleted {count} versions that were linked to {collection} where they were logged"
    ),
    (Kind.COLLECTION, Verb.RESTORE): _(
        "{who} restored {count} versions that are linked to {collection} where they were logged"
    ),
    (Kind.VERSION, Verb.CREATE): _("{who} logged {count} versions of {collection}"),
    (Kind.VERSION, Verb.DELETE): _("{who} deleted {count} versions of {collection}"),
    (Kind.VERSION, Verb.RESTORE): _("{who} restored {count} versions of {collection}"),
    (Kind.VERSION, Verb.PURGE): _("{count} versions of {collection} were removed for good"),
    (Kind.RUN, Verb.DELETE): _("{who} deleted {count} runs of {place}"),
}
GROUP = _("{sentence} (and {more} more like this)")
# where a member had no role before, and where they had
COMING: dict[str, Promise] = {
    Kind.ORGANIZATION: _("{who} gave {names} the role {role} in the organization {thing}"),
    Kind.TEAM: _("{who} gave {names} the role {role} in the team {thing}"),
}
CHANGING: dict[str, Promise] = {
    Kind.ORGANIZATION: _(
        "{who} changed the role of {names} in the organization {thing} from {old_role} to {role}"
    ),
    Kind.TEAM: _("{who} changed the role of {names} in the team {thing} from {old_role} to {role}"),
}
# of a version that is linked, in the history of the collection
OF_LINKED: dict[str, Promise] = {
    Verb.HOLD: _("{who} put {thing} on legal hold"),
    Verb.LIFT_HOLD: _("{who} lifted the legal hold on {thing}"),
    Verb.DELETE: _("{who} deleted the version {thing} where it was logged"),
    Verb.RESTORE: _("{who} restored the version {thing} where it was logged"),
    Verb.PURGE: _("the version {thing} was removed for good where it was logged"),
}
# an update of one field only
FIELD_SENTENCES: dict[tuple[str, str], Promise] = {
    (Kind.COLLECTION, "description"): _("{who} changed the card of {thing}"),
    (Kind.COLLECTION, "name"): _("{who} renamed the collection {before} to {after}"),
    (Kind.COLLECTION, "type"): _(
        "{who} changed the type of the collection {thing} from {before} to {after}"
    ),
    (Kind.REGISTRY, "access"): _(
        "{who} changed the visibility of the registry {thing} from {before} to {after}"
    ),
    (Kind.REGISTRY, "protected_aliases"): _("{who} changed the protected aliases of {thing}"),
    (Kind.RUN, "state"): _("{who} set the run {thing} from {before} to {after}"),
}
DESCRIPTION = _("{who} changed the description of {thing}")
UPDATE = _("{who} changed {fields} of {thing}")
LINK_OF_HIDDEN = _("{who} linked a version of a project that you cannot open as {thing}")
LINK_OF_UNKNOWN = _("{who} linked a version as {thing}")
UNKNOWN = _("{who}: {verb} · {thing}")
NOBODY = _("the server")
