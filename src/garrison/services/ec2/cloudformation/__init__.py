"""EC2's types as CloudFormation makes them, by calls that go on to an upstream (CloudFormation Template Reference, "Amazon EC2")."""

from __future__ import annotations

from garrison.services.ec2.cloudformation import (  # noqa: F401  (declare types)
    addresses,
    gateways,
    instances,
    networks,
    routes,
    rules,
    security_groups,
    volumes,
)
