"""The production server's connections: gunicorn's threads, protected from slow clients."""
