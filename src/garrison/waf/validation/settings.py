"""What a web ACL says besides its rules: data protection, token domains, names of metrics.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/API_DataProtection.html, API_FieldToProtect.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from garrison.waf.validation.components import HEADER_NAME
from garrison.waf.validation.problems import FORMAT, Problem
from garrison.waf.validation.rules import RESERVED_METRICS

MOST_PROTECTIONS = 25
MOST_KEYS = 100
MOST_TOKEN_DOMAINS = 10
WITH_KEYS = ("SINGLE_HEADER", "SINGLE_COOKIE", "SINGLE_QUERY_ARGUMENT")
"""Fields that are named one by one; the others are protected as a whole."""
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def setting_problems(web_acl: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a web ACL's settings, as CreateWebACL takes them."""
    metric = web_acl["VisibilityConfig"]["MetricName"]
    if metric in RESERVED_METRICS:
        yield Problem("METRIC_NAME", metric, "The metric's name is reserved.")
    domains = web_acl.get("TokenDomains") or ()
    if len(domains) > MOST_TOKEN_DOMAINS:
        yield Problem("TOKEN_DOMAIN", "TokenDomains", f"There are at most {MOST_TOKEN_DOMAINS} token domains.")
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            yield Problem("TOKEN_DOMAIN", domain, FORMAT)
    protections = (web_acl.get("DataProtectionConfig") or {}).get("DataProtections") or ()
    if len(protections) > MOST_PROTECTIONS:
        reason = f"There are at most {MOST_PROTECTIONS} protections."
        yield Problem("DATA_PROTECTION_CONFIG", "DataProtections", reason)
    for protection in protections:
        yield from _protection_problems(protection["Field"])


def _protection_problems(field: Mapping[str, Any]) -> Iterator[Problem]:
    kind, keys = field["FieldType"], field.get("FieldKeys") or ()
    if bool(keys) and kind not in WITH_KEYS:
        yield Problem("DATA_PROTECTION_CONFIG", kind, "The field is protected as a whole: it has no keys.")
    if len(keys) > MOST_KEYS:
        yield Problem("DATA_PROTECTION_CONFIG", kind, f"A field has at most {MOST_KEYS} keys.")
    for key in keys:
        if kind == "SINGLE_HEADER" and not HEADER_NAME.fullmatch(key):
            yield Problem("DATA_PROTECTION_CONFIG", key, FORMAT)
