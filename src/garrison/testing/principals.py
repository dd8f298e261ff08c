"""Those who call: users, roles and their sessions, each with credentials and boto3 clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from garrison.testing.clients import Credentials
from garrison.testing.policies import Statement, document

if TYPE_CHECKING:
    from garrison.testing.account import Account


@dataclass(frozen=True, eq=False)
class Principal:
    """A caller with credentials: a user, root, or a session."""

    account: Account = field(repr=False)
    arn: str
    credentials: Credentials
    name: str = ""
    """The user's name, or the session's."""
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client that calls as this principal; `options` go to boto3's `client`."""
        if options:
            return self.account.make_client(service, self.credentials, **options)
        if service not in self._clients:
            self._clients[service] = self.account.make_client(service, self.credentials)
        return self._clients[service]

    def environment(self) -> dict[str, str]:
        """The variables by which a process that uses an AWS SDK or the AWS CLI calls this account as this principal."""
        return self.account.environment() | self.credentials.environment()

    def session(self, **parameters: Any) -> Principal:
        """The same user with temporary credentials (`GetSessionToken`)."""
        answer = self.client("sts").get_session_token(**parameters)
        return Principal(self.account, self.arn, credentials_in(answer), self.name)

    def federate(self, name: str, policy: Statement | None = None, **parameters: Any) -> Principal:
        """A federated user of this user (`GetFederationToken`), who may do what both this user and `policy` allow."""
        if policy is not None:
            parameters["Policy"] = document(policy)
        answer = self.client("sts").get_federation_token(Name=name, **parameters)
        return Principal(self.account, answer["FederatedUser"]["Arn"], credentials_in(answer), name)


@dataclass(frozen=True, eq=False)
class Role:
    """A role that principals may assume."""

    account: Account = field(repr=False)
    arn: str
    name: str

    def assume(self, by: Principal | None = None, session_name: str = "session", **parameters: Any) -> Principal:
        """A session of the role, assumed `by` a principal (the administrator where none is named).

        `parameters` are those of `AssumeRole`; a `Policy` may be given as a statement.
        """
        if isinstance(parameters.get("Policy"), Mapping):
            parameters["Policy"] = document(parameters["Policy"])
        caller = by or self.account.administrator
        answer = caller.client("sts").assume_role(RoleArn=self.arn, RoleSessionName=session_name, **parameters)
        return Principal(self.account, answer["AssumedRoleUser"]["Arn"], credentials_in(answer), session_name)


def credentials_in(answer: Mapping[str, Any]) -> Credentials:
    """The credentials in an answer of STS."""
    made = answer["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
