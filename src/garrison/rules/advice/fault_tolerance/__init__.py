"""Checks of what does not outlast a failure, a file a service; each is specified by AWS's page on it, which its docstring names."""
