"""Checks of what is open to abuse, a file a service; each is specified by AWS's page on it, which its docstring names."""
