"""Checks of what costs more than it has to, a file a service; each is specified by AWS's page on it, which its docstring names."""
