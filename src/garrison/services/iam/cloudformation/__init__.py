"""IAM's resources as CloudFormation makes them (CloudFormation Template Reference, "AWS Identity and Access Management")."""

from __future__ import annotations

from garrison.services.iam.cloudformation import (  # noqa: F401  (each declares its types)
    groups,
    inline_policies,
    keys,
    managed_policies,
    profiles,
    providers,
    roles,
    users,
)
