"""The web console's side of the gateway: a port of its own with its assets and its sessions, and nothing else of the API."""
