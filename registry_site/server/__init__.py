"""How the production server treats connections: gunicorn's threads, kept from slow clients."""
