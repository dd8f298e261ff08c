"""IAM: everybody and every policy by one bulk call, and what is true of the account as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from garrison.collect.declaration import Call, Part, Service, Tie, Type
from garrison.collect.names import moment
from garrison.collect.quotas import GLOBAL_QUOTAS
from garrison.items import GLOBAL

_DETAILS: dict[str, Any] = {"Filter": ["User", "Group", "Role", "LocalManagedPolicy"]}
_POLICY = "AWS::IAM::Policy"


def _details(rows: str) -> Call:
    """GetAccountAuthorizationDetails, which is called once and read by four types."""
    return Call("GetAccountAuthorizationDetails", rows, params=_DETAILS)


def _report(answer: dict[str, Any]) -> dict[str, Any]:
    """The credential report's lines with their column names."""
    lines = list(csv.DictReader(io.StringIO(answer["Content"].decode())))
    made = answer.get("GeneratedTime")
    return {"generatedTime": moment(made) if made else None, "rows": lines}


def _with(*lists: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Gives a configuration the lists that IAM leaves away where they are empty and Config does not."""
    return lambda configuration: {name: [] for name in lists} | configuration


_CREDENTIAL_REPORT = Call(
    "GetCredentialReport",
    "rows[]",
    before=Call("GenerateCredentialReport"),
    again=("ReportInProgress", "ReportNotPresent", "ReportExpired"),
    reads=_report,
)
_TO_POLICIES = Tie("Is attached to CustomerManagedPolicy", _POLICY, "AttachedManagedPolicies[].PolicyArn", known=True)

USER = Type(
    "AWS::IAM::User",
    _details("UserDetailList[]"),
    id="UserId",
    arn="Arn",
    title="UserName",
    tags="Tags",
    created="CreateDate",
    region=GLOBAL,
    ties=(_TO_POLICIES, Tie("Is attached to Group", "AWS::IAM::Group", "GroupList[]")),
    parts=(Part("CredentialReport", _CREDENTIAL_REPORT, on=("user", "UserName")),),
    shaped=_with("userPolicyList", "attachedManagedPolicies", "groupList"),
)
GROUP = Type(
    "AWS::IAM::Group",
    _details("GroupDetailList[]"),
    id="GroupId",
    arn="Arn",
    title="GroupName",
    created="CreateDate",
    region=GLOBAL,
    ties=(_TO_POLICIES,),
    shaped=_with("groupPolicyList", "attachedManagedPolicies"),
)
ROLE = Type(
    "AWS::IAM::Role",
    _details("RoleDetailList[]"),
    id="RoleId",
    arn="Arn",
    title="RoleName",
    tags="Tags",
    created="CreateDate",
    region=GLOBAL,
    ties=(_TO_POLICIES,),
    shaped=_with("rolePolicyList", "attachedManagedPolicies"),
)
POLICY = Type(
    _POLICY,
    _details("Policies[]"),
    id="PolicyId|Arn",
    arn="Arn",
    title="PolicyName",
    created="CreateDate",
    region=GLOBAL,
    keep=lambda policy: ":iam::aws:policy/" not in str(policy.get("Arn")),
)
SERVER_CERTIFICATE = Type(
    "AWS::IAM::ServerCertificate",
    Call("ListServerCertificates", "ServerCertificateMetadataList[]"),
    id="ServerCertificateId",
    arn="Arn",
    title="ServerCertificateName",
    created="UploadDate",
    region=GLOBAL,
)
SAML_PROVIDER = Type(
    "AWS::IAM::SAMLProvider",
    Call("ListSAMLProviders", "SAMLProviderList[]"),
    id="Arn",
    arn="Arn",
    created="CreateDate",
    region=GLOBAL,
)
OIDC_PROVIDER = Type(
    "AWS::IAM::OIDCProvider",
    Call("ListOpenIDConnectProviders", "OpenIDConnectProviderList[]"),
    id="Arn",
    arn="Arn",
    region=GLOBAL,
)
ACCOUNT = Type(
    "AWS::::Account",
    Call("GetAccountSummary"),
    id="{account}",
    arn="arn:{partition}:iam::{account}:root",
    region=GLOBAL,
    parts=(
        Part("PasswordPolicy", Call("GetAccountPasswordPolicy"), "PasswordPolicy", absent=("NoSuchEntity",)),
        Part("CredentialReport", _CREDENTIAL_REPORT),
        Part("VirtualMFADevices", Call("ListVirtualMFADevices"), "VirtualMFADevices"),
        *GLOBAL_QUOTAS,
    ),
)

SERVICE = Service(
    "iam", (USER, GROUP, ROLE, POLICY, SERVER_CERTIFICATE, SAML_PROVIDER, OIDC_PROVIDER, ACCOUNT), is_global=True
)
