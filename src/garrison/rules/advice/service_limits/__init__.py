"""Checks of how near an account is to its quotas, a file a service; each is specified by AWS's page on it, which its docstring names."""
