"""Short-lived memory of the server's processes, and writes that no request waits for."""
