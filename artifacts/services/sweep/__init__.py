"""The sweep: what goes by itself when its time has come."""
