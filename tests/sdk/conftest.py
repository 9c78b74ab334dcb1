from tests.helpers.sdk import sdk  # noqa: F401 - a fixture
