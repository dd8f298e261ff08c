"""An account and its keys, shared by the tests of KMS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from garrison.testing import Account, Principal
from garrison.testing.plugin import _account
from garrison.testing.principals import credentials_in


class Keys:
    """The account, its administrator's client, and one key of each kind, made when first asked for."""

    def __init__(self, account: Account) -> None:
        self.account, self.kms = account, account.client("kms")
        self._made: dict[tuple[str, str], str] = {}
        self._neighbour: Principal | None = None

    def new(self, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT", **parameters: Any) -> str:
        """A new key's ARN."""
        made = self.kms.create_key(KeySpec=spec, KeyUsage=usage, **parameters)
        return str(made["KeyMetadata"]["Arn"])

    def shared(self, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT") -> str:
        """The ARN of a key that tests only use, and never change."""
        if (spec, usage) not in self._made:
            self._made[spec, usage] = self.new(spec, usage)
        return self._made[spec, usage]

    def open_to(self, *statements: dict[str, Any]) -> str:
        """A new symmetric key with these statements in its policy beside the account's own."""
        own = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.account.account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = {
            "Version": "2012-10-17",
            "Statement": [own, *({"Effect": "Allow", "Resource": "*"} | statement for statement in statements)],
        }
        return self.new(Policy=json.dumps(policy))

    @property
    def neighbour(self) -> Principal:
        """An administrator of another account on the same server."""
        if self._neighbour is None:
            organizations = self.account.client("organizations")
            organizations.create_organization(FeatureSet="ALL")
            begun = organizations.create_account(Email="web@example.com", AccountName="web")["CreateAccountStatus"]
            member = organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
            role = f"arn:aws:iam::{member['CreateAccountStatus']['AccountId']}:role/OrganizationAccountAccessRole"
            answer = self.account.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
            self._neighbour = Principal(self.account, answer["AssumedRoleUser"]["Arn"], credentials_in(answer), "visit")
        return self._neighbour


@pytest.fixture(scope="package")
def keys(pytestconfig: pytest.Config) -> Iterator[Keys]:
    with _account(pytestconfig) as account:
        yield Keys(account)


@pytest.fixture
def kms(keys: Keys) -> Any:
    """KMS as the account's administrator."""
    return keys.kms


def eventually(is_so: Callable[[], Any], seconds: float = 10) -> Any:
    """What a background task brings about in a moment."""
    until = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)
    return found
