"""CloudHSM: clusters of hardware modules, each HSM a token of PKCS#11 that the settings name or SoftHSM makes."""

from __future__ import annotations

from garrison.services import kms  # noqa: F401  (each uses modules of the other: KMS's must be loaded first)
from garrison.services.cloudhsmv2 import (  # noqa: F401  (each declares its operations)
    backups,
    clusters,
    hsms,
    initializing,
    retention,
    sharing,
    tags,
)
from garrison.services.cloudhsmv2.service import service

__all__ = ["service"]
