"""Collections: made, described, typed, tagged, deleted, and filled by links."""
