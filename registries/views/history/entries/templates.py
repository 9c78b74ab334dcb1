"""Each change as a sentence: "alice moved production from v9 to v10: passed field test".

A sentence is a text with named places, filled with names that may lead somewhere; as HTML for pages
and as plain text for feeds and files.
"""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    # what is linked to or logged in a collection, and the names there
    ("collection", "create"): _("{who} created the collection {thing}"),
    ("collection", "link"): _("{who} linked {source} as {thing}"),
    ("collection", "unlink"): _("{who} unlinked {thing}"),
    ("collection", "add_alias"): _("{who} gave the alias {alias} to {after}"),
    ("collection", "move_alias"): _("{who} moved {alias} from {before} to {after}"),
    ("collection", "remove_alias"): _("{who} took the alias {alias} off {before}"),
    ("collection", "roll_back_alias"): _("{who} rolled {alias} back from {before} to {after}"),
    ("collection", "add_tags"): _("{who} tagged the collection {thing} with {after}"),
    ("collection", "remove_tags"): _("{who} took the tags {before} off the collection {thing}"),
    ("collection", "delete"): _("{who} deleted the collection {thing}"),
    ("collection", "restore"): _("{who} restored the collection {thing}"),
    ("collection", "hold"): _("{who} put the collection {thing} on legal hold"),
    ("collection", "lift_hold"): _("{who} lifted the legal hold on the collection {thing}"),
    ("collection", "set_retention"): _("{who} set the retention rule of {thing}"),
    ("collection", "remove_retention"): _("{who} removed the retention rule of {thing}"),
    ("version", "hold"): _("{who} put {thing} on legal hold"),
    ("version", "lift_hold"): _("{who} lifted the legal hold on {thing}"),
    ("version", "create"): _("{who} logged {thing}"),
    ("version", "delete"): _("{who} deleted {thing}"),
    ("version", "restore"): _("{who} restored {thing}"),
    ("version", "purge"): _("{thing} was removed for good"),
    ("run", "stop"): _("{who} asked the run {thing} to stop"),
    ("run", "delete"): _("{who} deleted the run {thing}"),
    ("run", "restore"): _("{who} restored the run {thing}"),
    ("run", "purge"): _("the run {thing} was removed for good"),
    ("run", "rewind"): _("{who} rewound the run {thing} to step {step}"),
    ("run_file", "delete"): _("{who} deleted files of the run {thing}"),
    ("saved_view", "create"): _("{who} saved the view {thing}"),
    ("saved_view", "update"): _("{who} changed the saved view {thing}"),
    ("saved_view", "delete"): _("{who} deleted the saved view {thing}"),
    # places
    ("registry", "create"): _("{who} created the registry {thing}"),
    ("registry", "rename"): _("{who} renamed the registry {before} to {after}"),
    ("registry", "delete"): _("{who} deleted the registry {thing}"),
    ("registry", "protect_aliases"): _("{who} protected {after} in the registry {thing}"),
    ("registry", "unprotect_aliases"): _("{who} unprotected {before} in the registry {thing}"),
    ("registry", "pin_aliases"): _("{who} pinned {after} in the registry {thing}"),
    ("registry", "unpin_aliases"): _("{who} unpinned {before} in the registry {thing}"),
    ("registry", "add_members"): _("{who} gave {names} the role {role} in the registry {thing}"),
    ("registry", "remove_members"): _("{who} removed {names} from the registry {thing}"),
    ("registry", "set_role"): _(
        "{who} changed the role of {names} in the registry {thing} from {old_role} to {role}"
    ),
    ("registry", "request_access"): _("{who} asked for the role {role} in the registry {thing}"),
    ("registry", "withdraw_request"): _("{who} took back a request for the registry {thing}"),
    ("registry", "grant_access"): _(
        "{who} granted the request of {names} for the registry {thing}, with the role {role}"
    ),
    ("registry", "decline_access"): _(
        "{who} declined the request of {names} for the registry {thing}"
    ),
    ("team", "request_access"): _("{who} asked for the role {role} in the team {thing}"),
    ("team", "withdraw_request"): _("{who} took back a request for the team {thing}"),
    ("team", "grant_access"): _(
        "{who} granted the request of {names} for the team {thing}, with the role {role}"
    ),
    ("team", "decline_access"): _("{who} declined the request of {names} for the team {thing}"),
    ("project", "create"): _("{who} created the project {thing}"),
    ("project", "rename"): _("{who} renamed the project {before} to {after}"),
    ("project", "delete"): _("{who} deleted the project {thing}"),
    ("organization", "create"): _("{who} created the organization {thing}"),
    ("organization", "remove_member"): _("{who} removed {names} from the organization {thing}"),
    ("team", "create"): _("{who} created the team {thing}"),
    ("team", "remove_member"): _("{who} removed {names} from the team {thing}"),
    ("team", "invite"): _("{who} invited {names} to the team {thing} with the role {role}"),
    ("team", "allow"): _("{who} let {names} be invited to the team {thing}"),
    ("team", "accept"): _("{who} accepted the invitation to the team {thing}"),
    ("team", "decline"): _("{who} declined the invitation to the team {thing}"),
    ("team", "refuse"): _("{who} refused to let {names} into the team {thing}"),
    ("team", "withdraw"): _("{who} withdrew the invitation of {names} to the team {thing}"),
}
# many changes of one kind, which are one line of the activity
GROUPS = {
    ("collection", "link"): _("{who} linked {count} versions to {collection}"),
    ("collection", "unlink"): _("{who} unlinked {count} versions from {collection}"),
    ("collection", "delete"): _(
        "{who} deleted {count} versions that were linked to {collection} where they were logged"
    ),
    ("collection", "restore"): _(
        "{who} restored {count} versions that are linked to {collection} where they were logged"
    ),
    ("version", "create"): _("{who} logged {count} versions of {collection}"),
    ("version", "delete"): _("{who} deleted {count} versions of {collection}"),
    ("version", "restore"): _("{who} restored {count} versions of {collection}"),
    ("version", "purge"): _("{count} versions of {collection} were removed for good"),
    ("run", "delete"): _("{who} deleted {count} runs of {place}"),
}
GROUP = _("{sentence} (and {more} more like this)")
# where a member had no role before, and where they had
COMING = {
    "organization": _("{who} gave {names} the role {role} in the organization {thing}"),
    "team": _("{who} gave {names} the role {role} in the team {thing}"),
}
CHANGING = {
    "organization": _(
        "{who} changed the role of {names} in the organization {thing} from {old_role} to {role}"
    ),
    "team": _("{who} changed the role of {names} in the team {thing} from {old_role} to {role}"),
}
# of a version that is linked, in the history of the collection
OF_LINKED = {
    "hold": _("{who} put {thing} on legal hold"),
    "lift_hold": _("{who} lifted the legal hold on {thing}"),
    "delete": _("{who} deleted the version {thing} where it was logged"),
    "restore": _("{who} restored the version {thing} where it was logged"),
    "purge": _("the version {thing} was removed for good where it was logged"),
}
# an update of one field only
FIELD_SENTENCES = {
    ("collection", "description"): _("{who} changed the card of {thing}"),
    ("collection", "name"): _("{who} renamed the collection {before} to {after}"),
    ("collection", "type"): _(
        "{who} changed the type of the collection {thing} from {before} to {after}"
    ),
    ("registry", "access"): _(
        "{who} changed the visibility of the registry {thing} from {before} to {after}"
    ),
    ("registry", "protected_aliases"): _("{who} changed the protected aliases of {thing}"),
    ("run", "state"): _("{who} set the run {thing} from {before} to {after}"),
}
DESCRIPTION = _("{who} changed the description of {thing}")
UPDATE = _("{who} changed {fields} of {thing}")
LINK_OF_HIDDEN = _("{who} linked a version of a project that you cannot open as {thing}")
LINK_OF_UNKNOWN = _("{who} linked a version as {thing}")
UNKNOWN = _("{who}: {verb} · {thing}")
NOBODY = _("the server")
