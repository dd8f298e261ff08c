"""Web ACLs in files: bundles, and what `wafv2` answers or takes, completed by what is already there."""

from __future__ import annotations

import hashlib

import msgspec

from garrison.waf.bundle import Bundle, encode
from garrison.waf.document import RuleGroup, WebACL
from garrison.waf.walking import statements_of

MOST_FILE_BYTES = 32 * 1024 * 1024


class NoDraft(ValueError):
    """The file holds no web ACL; the message says why."""


def read_draft(data: bytes, *, beside: Bundle | None = None) -> Bundle:
    """The web ACL of a file: a bundle, the answer of `aws wafv2 get-web-acl`, or what `create-web-acl` is given.

    What a web ACL alone refers to is taken from `beside`, the bundle of the one in force. Search strings are base64, as in
    the AWS CLI's output. Raises NoDraft.
    """
    if len(data) > MOST_FILE_BYTES:
        raise NoDraft(f"it is larger than {MOST_FILE_BYTES} bytes")
    try:
        found = msgspec.json.decode(data)
        if not isinstance(found, dict):
            raise NoDraft("it is no JSON object")
        if "web_acl" in found:
            return msgspec.convert(found, Bundle)
        acl = found.get("WebACL", found)
        draft = msgspec.convert(acl, WebACL)
    except (ValueError, RecursionError) as problem:
        raise NoDraft(f"it is no web ACL: {problem}") from None
    if beside is None:
        return Bundle(draft)
    same = beside.web_acl
    completed = msgspec.structs.replace(
        draft,
        arn=draft.arn or same.arn,
        id=draft.id or same.id,
        label_namespace=draft.label_namespace or same.label_namespace,
    )
    return msgspec.structs.replace(beside, web_acl=completed, digest="")


def sealed(bundle: Bundle) -> Bundle:
    """The bundle with the digest of its contents."""
    digest = hashlib.sha256(encode(msgspec.structs.replace(bundle, digest=""))).hexdigest()
    return msgspec.structs.replace(bundle, digest=digest)


def references_of(what: WebACL | RuleGroup) -> list[tuple[str, str]]:
    """What the rules refer to: kinds of statement (`ip_set_reference_statement` …) and ARNs, each once."""
    found: dict[tuple[str, str], None] = {}
    for rule in what.rules:
        for statement in statements_of(rule.statement):
            for kind in statement.__struct_fields__:
                if (arn := getattr(getattr(statement, kind), "arn", None)) is not None:
                    found[kind, arn] = None
    return list(found)
