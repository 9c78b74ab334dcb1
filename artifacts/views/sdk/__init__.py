"""Addresses that the SDK calls besides /graphql: uploads, downloads, streams of a run."""
