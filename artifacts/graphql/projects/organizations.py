"""What this server offers to an organization."""

from registry_site.accounts.models import Organization
from registry_site.graphql.binding import field


@field("Organization", "advancedRegistryFeatures")
def organization_advanced_registry_features(organization: Organization, info):
    """Every field and order of wandb 0.31's advanced search is in VERSIONS and VERSION_ORDERS."""
    return {"advancedSearch": True}


@field("Organization", "featureFlags")
def organization_feature_flags(organization: Organization, info, rampIDType):
    """None: what differs between organizations here are their settings."""
    return []
