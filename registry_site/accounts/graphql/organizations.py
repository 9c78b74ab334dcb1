"""Organizations as the SDK reads them."""

from registry_site.accounts.models import Organization
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import encode_id


@field("Query", "organization")
def organization(root, info, name):
    return Organization.objects.visible_to(info.context.user).with_name(name).first()


fields(
    "Organization",
    id=lambda organization: encode_id("Organization", organization.pk),
    orgEntity=lambda organization: organization.entity,
    coreWeaveOrganizationId=lambda organization: None,
)
