"""IAM: who exists in the account and what they may do."""

from __future__ import annotations

from garrison.services.iam import (  # noqa: F401  (each declares its operations)
    access_keys,
    account,
    attachments,
    authorization_details,
    context_keys,
    credential_report,
    groups,
    inline_policies,
    instance_profiles,
    last_accessed,
    login,
    managed_policies,
    mfa,
    oidc_providers,
    policy_versions,
    roles,
    saml_providers,
    server_certificates,
    service_credentials,
    service_linked_roles,
    signing_certificates,
    simulation,
    ssh_keys,
    trust_policies,
    users,
)
from garrison.services.iam.service import service

__all__ = ["service"]
