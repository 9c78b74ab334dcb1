"""The sweep, which removes things whose time has come."""
