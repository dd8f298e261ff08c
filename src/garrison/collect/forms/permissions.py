"""The permissions of a security group, in Config's form."""

from __future__ import annotations

from typing import Any


def security_group(configuration: dict[str, Any]) -> dict[str, Any]:
    """IPv4 ranges twice: `ipv4Ranges` with descriptions, and `ipRanges` as plain CIDR blocks."""
    return configuration | {
        name: [_permission(each) for each in configuration[name]]
        for name in ("ipPermissions", "ipPermissionsEgress")
        if name in configuration
    }


def _permission(found: dict[str, Any]) -> dict[str, Any]:
    ranges = found.get("ipRanges") or []
    return found | {"ipv4Ranges": ranges, "ipRanges": [each["cidrIp"] for each in ranges if "cidrIp" in each]}
