"""A registry's collection and its versions."""
