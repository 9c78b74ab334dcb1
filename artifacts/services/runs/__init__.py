"""Runs: begun, described, streamed, rewound, stopped, deleted; their files and alerts."""
