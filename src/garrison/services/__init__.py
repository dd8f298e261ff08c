"""The services Garrison answers for; each is one package that declares its operations and the resources it keeps."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from garrison.models import MODELS
from garrison.services.registry import Service
from garrison.store import Resource
from garrison.wire.model import add_model_folder

add_model_folder(MODELS)  # of the services whose API is our own

REGISTERED = (
    "iam",
    "sts",
    "cloudtrail",
    "organizations",
    "garrison",
    "accessanalyzer",
    "ec2",
    "cloudwatch",
    "logs",
    "rolesanywhere",
    "s3",
    "sns",
    "config",
    "inspector",
    "inspector-2015-08-18",
    "inspector2",
    "inspector-scan",
    "wafv2",
    "kms",
    "cloudhsmv2",
    "cloudformation",
    "sqs",
    "lambda",
    "support",
    "trustedadvisor",
)
"""The botocore names of the services that exist; an older API of one has its version behind the name."""

_PACKAGES = {"lambda": "lambda_"}
"""Packages whose service has a name that Python keeps for itself."""


@cache
def load(name: str) -> Service:
    """A registered service, imported when first needed: a gateway is ready before all are loaded."""
    service: Service = import_module(f"garrison.services.{_PACKAGES.get(name, name).replace('-', '_')}").service
    return service


def resource_types() -> list[type[Resource]]:
    """Every kind of resource that the registered services keep."""
    for name in REGISTERED:
        load(name)
    found: list[type[Resource]] = []
    pending: list[type[Resource]] = [Resource]  # type: ignore[type-abstract]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if "resource_type" in vars(kind):
            found.append(kind)
    return sorted(found, key=lambda kind: kind.resource_type)
