"""What a link form is about to do, said before it is done."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection, Membership, Version


def link_sentence(
    *, version: Version | None, source: str, target: str, collection: Collection | None,
    aliases: Sequence[str], begins_at: int = 0,
) -> SafeString | str:  # fmt: skip
    """Return "Link x:v3 to y as the next version (now v5), with aliases staging.".

    `begins_at` is the first number of a collection that is still to be made.
    """
    if version is None:
        return _("Choose a version to link.")
    here = None
    if collection is not None:
        places = Membership.objects.live().filter(collection=collection, version=version)
        here = places.first()
    number = here.number if here else f"v{collection.next_index if collection else begins_at}"
    if here and aliases:
        text = ngettext(
            "{source} is {number} of {target} already: give it the alias {aliases}.",
            "{source} is {number} of {target} already: give it the aliases {aliases}.",
            len(aliases),
        )
    elif here:
        text = _("{source} is {number} of {target} already: linking again changes nothing.")
    elif aliases:
        text = ngettext(
            "Link {source} to {target} as the next version (now {number}), with alias {aliases}.",
            "Link {source} to {target} as the next version (now {number}), with aliases {aliases}.",
            len(aliases),
        )
    else:
        text = _("Link {source} to {target} as the next version (now {number}).")
    return format_html(
        text,
        source=_code(source),
        target=_code(target),
        number=number,
        aliases=format_html_join(", ", "<code>{}</code>", ((name,) for name in aliases)),
    )


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)
