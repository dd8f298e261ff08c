"""IAM's quotas: one table, and the one check against it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from garrison.errors import ApiError

_TABLE = tomllib.loads(files(__package__).joinpath("quotas.toml").read_text(encoding="utf-8"))

QUOTAS: dict[str, int] = {name: row["value"] for name, row in _TABLE.items()}
"""Quotas by the names that AWS's LimitExceeded messages use, e.g. `AccessKeysPerUser`."""

SUMMARY: dict[str, int] = {row["summary"]: row["value"] for row in _TABLE.values() if "summary" in row}
"""Quotas by their keys in GetAccountSummary."""


def check_quota(name: str, wanted: int) -> None:
    """Refuse where `wanted` (the number after the change) is more than the quota of this name allows."""
    if wanted > QUOTAS[name]:
        raise ApiError("LimitExceeded", f"Cannot exceed quota for {name}: {QUOTAS[name]}")


def check_policy_size(name: str, documents: tuple[str, ...], holder: str) -> None:
    """Refuse where the documents together are larger than the size quota of this name, white space not counted.

    `holder` completes AWS's sentence: `user alice`, `role builder`.
    """
    size = sum(len("".join(document.split())) for document in documents)
    if size > QUOTAS[name]:
        raise ApiError("LimitExceeded", f"Maximum policy size of {QUOTAS[name]} bytes exceeded for {holder}")
