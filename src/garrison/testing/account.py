"""A throw-away account with a server of its own, as a test holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from garrison.clock import ShiftedClock
from garrison.testing.clients import Credentials, make_client
from garrison.testing.decided import Decided, Who, cut, decided, is_about
from garrison.testing.policies import Policy, document, managed_arn, trust
from garrison.testing.principals import Principal, Role
from garrison.testing.recorded import Recorded
from garrison.testing.servers import Servers


class Account:
    """An account: its endpoint, its principals, its clock, and what it has recorded."""

    def __init__(self, servers: Servers, **settings: Any) -> None:
        self._servers = servers
        self.home: Path
        """The data directory; it goes away with the account."""
        self.home, made = servers.start(**settings)
        self.endpoint: str = made["endpoint"]
        """The URL that clients call."""
        self.console: str | None = made["console"]
        """The URL of its web console, None with the setting `console_port=0`."""
        self.account_id: str = made["account_id"]
        self.region: str = made["region"]
        self.ca_bundle: str | None = made["ca_bundle"]
        """With the setting `tls`: the file whose certificate vouches for the endpoint's."""
        self.clock = ShiftedClock(self.home / "clock")
        """The account's clock: `shift` it by a timedelta or `set` it to a time. Clients made here sign by it."""
        self.administrator = Principal(
            self,
            f"arn:aws:iam::{self.account_id}:user/administrator",
            Credentials(made["key_id"], made["secret"]),
            "administrator",
        )
        """The user with AdministratorAccess that every account begins with."""
        self._recorded = Recorded(self.home)

    def close(self) -> None:
        """Stop the server and remove the home."""
        self._servers.stop(self.home)

    def __repr__(self) -> str:
        return f"Account({self.account_id}, {self.endpoint})"

    def client(self, service: str, principal: Principal | None = None, **options: Any) -> Any:
        """A boto3 client that calls as a principal, the administrator where none is named."""
        return (principal or self.administrator).client(service, **options)

    def anonymous(self, service: str, **options: Any) -> Any:
        """A boto3 client that does not sign."""
        return self.make_client(service, None, **options)

    def make_client(self, service: str, credentials: Credentials | None, **options: Any) -> Any:
        """A boto3 client with credentials of any kind, also wrong ones, or None for none."""
        if self.ca_bundle is not None:
            options.setdefault("verify", self.ca_bundle)
        return make_client(service, self.endpoint, self.region, self.clock, credentials, **options)

    def environment(self) -> dict[str, str]:
        """The variables by which a process that uses an AWS SDK or the AWS CLI calls this account; see `Principal` too."""
        trust = {"AWS_CA_BUNDLE": self.ca_bundle} if self.ca_bundle is not None else {}
        where = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return where | trust

    def user(
        self, name: str, policies: Iterable[Policy] = (), *, boundary: str | None = None, **parameters: Any
    ) -> Principal:
        """Make a user with these policies and an access key; `parameters` are those of `CreateUser` (`Path`, `Tags` …)."""
        if boundary is not None:
            parameters["PermissionsBoundary"] = managed_arn(boundary)
        iam = self.client("iam")
        user = iam.create_user(UserName=name, **parameters)["User"]
        for number, policy in enumerate(policies, 1):
            if isinstance(policy, str):
                iam.attach_user_policy(UserName=name, PolicyArn=managed_arn(policy))
            else:
                iam.put_user_policy(UserName=name, PolicyName=f"inline-{number}", PolicyDocument=document(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Principal(self, user["Arn"], Credentials(key["AccessKeyId"], key["SecretAccessKey"]), name)

    def role(
        self,
        name: str,
        policies: Iterable[Policy] = (),
        *,
        trust: Mapping[str, Any] | Principal | Role | str | None = None,
        boundary: str | None = None,
        **parameters: Any,
    ) -> Role:
        """Make a role with these policies; `parameters` are those of `CreateRole`.

        `trust` is a trust policy, or whom to trust: a principal, a role, an ARN or an account id; without it everyone in
        this account whose own policies allow it.
        """
        if boundary is not None:
            parameters["PermissionsBoundary"] = managed_arn(boundary)
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=self._trust_document(trust), **parameters)
        for number, policy in enumerate(policies, 1):
            if isinstance(policy, str):
                iam.attach_role_policy(RoleName=name, PolicyArn=managed_arn(policy))
            else:
                iam.put_role_policy(RoleName=name, PolicyName=f"inline-{number}", PolicyDocument=document(policy))
        return Role(self, made["Role"]["Arn"], name)

    def root(self) -> Principal:
        """Root, with an access key made for it as `garrison root create-key` makes one."""
        made = self._servers.make_root_key(self.home)
        key = Credentials(made["key_id"], made["secret"])
        return Principal(self, f"arn:aws:iam::{self.account_id}:root", key, "root")

    def log_bucket(self, name: str) -> str:
        """Make a bucket into which CloudTrail may deliver this account's log files, and give its name."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name)
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": {"StringEquals": {"aws:SourceAccount": self.account_id}},
        }
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
        return name

    def position(self) -> int:
        """How much is recorded now: what `events` and `decisions` take as `since` to give only what comes after."""
        return self._recorded.position

    def wait_until_recorded(self) -> None:
        """Wait until `LookupEvents` and `GetAccessKeyLastUsed` tell of every call answered before."""
        self._recorded.wait_for_index()

    def events(
        self, name: str | None = None, principal: Who | None = None, since: datetime | int | None = None
    ) -> list[dict[str, Any]]:
        """The CloudTrail records of every call answered before, oldest first, by event name and caller.

        `since` is a time, or a `position`.
        """
        return [cut(stored) for stored in self._stored(name, principal, since)]

    def decisions(
        self, name: str | None = None, principal: Who | None = None, since: datetime | int | None = None
    ) -> list[Decided]:
        """How calls were decided: `events` with the decisions of the policies."""
        return [decided(stored) for stored in self._stored(name, principal, since)]

    def assert_allowed(
        self, name: str, principal: Who | None = None, *, since: datetime | int | None = None
    ) -> Decided:
        """Check that there was such a call and that the policies let it pass each time; gives the last."""
        found = self._some(name, principal, since)
        refused = [each for each in found if not each.is_allowed]
        assert not refused, "\n".join(["refused:", *map(str, refused)])
        return found[-1]

    def assert_denied(
        self,
        name: str,
        principal: Who | None = None,
        *,
        by: str | None = None,
        since: datetime | int | None = None,
    ) -> Decided:
        """Check that there was such a call and that the policies refused it each time; gives the last.

        `by` names the kind of policy that must have refused: `identity`, `boundary`, `session`, `trust` …
        """
        found = self._some(name, principal, since)
        passed = [each for each in found if each.refusal is None or (by is not None and each.refusal.policy_kind != by)]
        assert not passed, "\n".join([f"not refused{f' by {by}' if by else ''}:", *map(str, passed)])
        return found[-1]

    def _some(self, name: str, principal: Who | None, since: datetime | int | None) -> list[Decided]:
        found = self.decisions(name, principal, since)
        if not found:
            others = [str(each) for each in self.decisions(None, principal, since)[-20:]]
            raise AssertionError("\n".join([f"no {name} was recorded; these were:", *others]))
        return found

    def _stored(self, name: str | None, principal: Who | None, since: datetime | int | None) -> list[dict[str, Any]]:
        stored = self._recorded.records(since if isinstance(since, int) else 0)
        return [each for each in stored if is_about(each, name, principal, since)]

    def _trust_document(self, trusted: Mapping[str, Any] | Principal | Role | str | None) -> str:
        if isinstance(trusted, Mapping):
            return json.dumps(trusted) if "Statement" in trusted else document(trusted)
        if trusted is None:
            return trust(self.account_id)
        return trust(trusted if isinstance(trusted, str) else trusted.arn)
