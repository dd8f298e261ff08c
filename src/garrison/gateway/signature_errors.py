"""Each signature fault in the words of the service that was called: `authenticate.toml` as a look-up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from garrison.errors import ApiError
from garrison.wire.signature import Kind, SignatureProblem

STYLES = ("query", "json", "rest-json", "rest-xml", "s3", "ec2", "rpc-v2-cbor")
"""The error styles that a routed service may have."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How one style words one fault; the texts are format strings over the fault's details."""

    code: str
    status: int
    message: str
    members: dict[str, str]


@cache
def _tables() -> dict[str, Any]:
    text = files("garrison.gateway").joinpath("authenticate.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _find(chain: list[dict[str, Any]], table: str, kind: Kind) -> Any:
    """A fault's entry in the first table that has it; a style's `*` stands for what that style does not name."""
    for tables in chain:
        entries = tables.get(table, {})
        if kind in entries or "*" in entries:
            return entries.get(kind, entries.get("*"))
    return None


@cache
def wording(style: str, kind: Kind) -> Wording:
    """How a style words a fault; raises ValueError for a style that is none of STYLES."""
    tables = _tables()
    if style not in tables["style"]:
        raise ValueError(f"no such style of errors: {style}")
    declared = tables["style"][style]
    chain = [tables.get(style, {}), tables.get(declared.get("like", ""), {}), tables["default"]]
    code, status = _find(chain, "error", kind)
    if declared.get("status") and status < 411:
        status = declared["status"]
    return Wording(code, status, _find(chain, "message", kind), _find(chain, "members", kind) or {})


def error_for(problem: SignatureProblem, style: str) -> ApiError:
    """The API error with which a service of this style answers the problem."""
    details: dict[str, Any] = {"message": problem.message, **problem.details}
    if style == "s3":
        for name in ("string_to_sign", "canonical_request"):
            details[f"{name}_bytes"] = str(details.get(name, "")).encode().hex(" ")
        if details.get("presigned"):
            style = "s3-presigned"
    words = wording(style, problem.kind)
    known = _Details(details)
    members = {name: text.format_map(known) for name, text in words.members.items()}
    return ApiError(words.code, words.message.format_map(known), status=words.status, members=members)


class _Details(dict[str, Any]):
    """A detail that a fault does not carry reads as nothing."""

    def __missing__(self, name: str) -> str:
        return ""
