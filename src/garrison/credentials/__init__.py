"""Hand a role's rotating credentials to a host's own software, as EC2 and its containers do; this part runs on the host.

The host proves itself by a key that never leaves it (`identity`), first let in by a one-time token (`enrolment`), gets sessions of its
role from IAM Roles Anywhere (`sessions`), and serves them where every AWS SDK looks: the instance metadata service (`metadata`)
and the container endpoint (`container`), both on a port of the host itself (`server`), or by `credential_process`.
"""

from __future__ import annotations

from garrison.credentials.enrolment import enroll, renew_if_due
from garrison.credentials.identity import HostIdentity, default_folder, load_identity
from garrison.credentials.sessions import RoleCredentials, RoleSessions

__all__ = [
    "HostIdentity",
    "RoleCredentials",
    "RoleSessions",
    "default_folder",
    "enroll",
    "load_identity",
    "renew_if_due",
]
