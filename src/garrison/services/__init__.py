"""The services Garrison answers for; each is one package that declares its operations and the resources it keeps."""

from __future__ import annotations

from importlib import import_module

from garrison.services.registry import Service

REGISTERED = ("iam", "sts", "cloudtrail")
"""The botocore names of the services that exist."""


def load(name: str) -> Service:
    """A registered service, imported when first needed."""
    service: Service = import_module(f"garrison.services.{name.replace('-', '_')}").service
    return service
