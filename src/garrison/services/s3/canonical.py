"""Canonical user ids: by what S3 names accounts as owners (S3 User Guide, "Access control list (ACL) overview")."""

from __future__ import annotations

import hashlib


def canonical_id(account: str) -> str:
    """An account's canonical user id: 64 hexadecimal digits, always the same."""
    return hashlib.sha256(f"s3-canonical-user/{account}".encode()).hexdigest()


def owner_shown(account: str) -> dict[str, str]:
    """An account as owner of buckets and objects."""
    return {"ID": canonical_id(account)}
