"""Resource policies as they were collected: a list of `{"Resource": ARN, "Account": id, "Policy": {…}}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from .compile import CompiledResourcePolicy, compile_resource_policy
from .document import PolicyKind, Source
from .estate import plain_text
from .parse import parse_document

Json = Mapping[str, Any]

WITH_RESOURCE_POLICIES = frozenset(
    {
        "acm-pca",
        "backup",
        "codeartifact",
        "codebuild",
        "dynamodb",
        "ecr",
        "elasticfilesystem",
        "es",
        "events",
        "execute-api",
        "glacier",
        "glue",
        "kinesis",
        "kms",
        "lambda",
        "logs",
        "mediastore",
        "s3",
        "s3express",
        "schemas",
        "secretsmanager",
        "serverlessrepo",
        "ses",
        "sns",
        "sqs",
        "vpc-lattice",
    }
)
"""Services whose resources can have policies (IAM User Guide, "AWS services that work with IAM"); roles have theirs here."""


class ResourcePolicies:
    """Policies by the resources they hang on: an entry covers what is below its ARN, as a bucket's policy covers objects."""

    def __init__(self, entries: Iterable[Json]) -> None:
        self._entries = {entry["Resource"]: entry for entry in entries}
        self._compiled: dict[str, CompiledResourcePolicy | None] = {}

    def policy_of(self, resource: str) -> CompiledResourcePolicy | None:
        """The policy that hangs on a resource, or on what it lies in."""
        entry = self._entry(resource)
        if entry is None:
            return None
        name = entry["Resource"]
        if name not in self._compiled:
            self._compiled[name] = self._compile(name, entry.get("Policy"))
        return self._compiled[name]

    def all(self) -> Iterator[tuple[str, CompiledResourcePolicy]]:
        """Every resource with a policy."""
        for name in self._entries:
            policy = self.policy_of(name)
            if policy is not None:
                yield name, policy

    def owner_of(self, resource: str) -> str | None:
        """The account of a resource: what its entry says, else what its ARN says."""
        entry = self._entry(resource)
        return (entry or {}).get("Account") or account_of(resource)

    def _compile(self, name: str, policy: Any) -> CompiledResourcePolicy | None:
        if not policy:
            return None
        document = msgspec.json.decode(policy) if isinstance(policy, str) else policy
        statements = document.get("Statement") or []
        if not statements:
            return None
        meant = {**document, "Statement": [_with_principal(one) for one in _listed(statements)]}
        parsed = parse_document(plain_text(meant), PolicyKind.RESOURCE)
        is_key = name.split(":")[2:3] == ["kms"]
        compiled = compile_resource_policy(Source(PolicyKind.RESOURCE, name, parsed))
        return CompiledResourcePolicy(compiled.source, must_allow=is_key)

    def _entry(self, resource: str) -> Json | None:
        here = resource
        while here:
            if here in self._entries:
                return self._entries[here]
            here = here.rpartition("/")[0]
        return None


def _with_principal(statement: Json) -> Json:
    """A statement whose principal is an object also where it was collected as a bare ARN."""
    principal = statement.get("Principal")
    if isinstance(principal, str) and principal != "*":
        return {**statement, "Principal": {"AWS": principal}}
    return statement


def account_of(resource: str) -> str | None:
    """The account that an ARN names, if it names one."""
    fields = resource.split(":", 5)
    return fields[4] or None if len(fields) == 6 else None


def may_have_policy(resource: str) -> bool:
    """Whether a resource is of a service whose resources can have policies."""
    return resource.split(":", 3)[2:3] != [] and resource.split(":", 3)[2] in WITH_RESOURCE_POLICIES


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
