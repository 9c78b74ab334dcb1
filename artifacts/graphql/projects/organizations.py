"""What this server offers to an organization."""

from registry_site.accounts.models import Organization
from registry_site.graphql.binding import field


@field("Organization", "advancedRegistryFeatures")
def organization_advanced_registry_features(organization: Organization, info):
    """Offer wandb 0.31's advanced search; VERSIONS and VERSION_ORDERS have all its fields."""
    return {"advancedSearch": True}


@field("Organization", "featureFlags")
def organization_feature_flags(organization: Organization, info, rampIDType):
    """Return no flags: organizations here differ only in their settings."""
    return []
