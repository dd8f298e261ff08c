"""Checks of what is slower than it could be, a file a service; each is specified by AWS's page on it, which its docstring names."""
