"""Assume a role with a SAML response: what an organization's own identity provider says of its users.

Source: STS API reference, AssumeRoleWithSAML; IAM User Guide, "SAML 2.0 federation".
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.errors import ApiError
from garrison.federation import IdentityRefused, InvalidIdentity
from garrison.federation.saml import (
    Assertion,
    Expected,
    Metadata,
    RolePair,
    SamlUser,
    read_metadata,
    read_response,
    user_of,
)
from garrison.services.iam.identity_providers import SamlProvider, saml_provider_at
from garrison.services.identity import Principal
from garrison.services.registry import Proof
from garrison.services.sts.federated import (
    Vouched,
    context,
    federated_answer,
    refusal,
    role_account,
    role_arn,
    role_arn_if_source_identity,
    role_arn_if_tagged,
    trust,
)
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import AssumeRoleWithSAMLRequestTypeDef

    from garrison.services.call import Call
    from garrison.settings import Settings

AUDIENCES = ("https://signin.aws.amazon.com/saml", "urn:amazon:webservices")
"""Names by which assertions mean AWS (IAM User Guide, "AudienceRestriction and Audience")."""
_REMEMBERED_FOR = timedelta(minutes=15)
"""Longer than any assertion can be redeemed."""
_NAMESPACE = "saml-assertion"
_FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


class Redeemed(NamedTuple):
    """A verified assertion of a provider."""

    provider: SamlProvider
    assertion: Assertion
    user: SamlUser

    @property
    def qualifier(self) -> str:
        """`saml:namequalifier`: tells users of the same name from different providers apart."""
        text = f"{self.assertion.issuer}{self.provider.account}/{self.provider.name}"
        return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()

    @property
    def subject_type(self) -> str:
        """The format of the subject's name, as STS shows it."""
        return self.assertion.subject_type.removeprefix(_FORMATS)


def expected(settings: Settings, region: str) -> Expected:
    """What assertions for this account must name: AWS's sign-in, or this server's own address under `/saml`."""
    scheme = "https" if settings.uses_tls else "http"
    own = {f"{scheme}://{host}:{settings.port}/saml" for host in (settings.bind, "localhost", *settings.allowed_hosts)}
    own |= {f"https://{host}/saml" for host in settings.allowed_hosts}
    regional = f"https://{region}.signin.aws.amazon.com/saml"
    return Expected(audiences={*AUDIENCES, regional, *own}, recipients={AUDIENCES[0], regional, *own})


def verified(call: Call, account: str, provider_arn: str, response: str) -> Redeemed:
    """The assertion in a response of a provider of `account`; raises `IdentityRefused`. It is not redeemed yet."""
    with call.parts.store.reading(account, "global") as unit:
        provider = saml_provider_at(unit, provider_arn)
    if provider is None:
        raise InvalidIdentity("Specified provider doesn't exist")
    if provider.valid_until <= call.at:
        raise InvalidIdentity("The metadata of the specified provider has expired")
    assertion = read_response(
        response, _metadata(provider.metadata), expected(call.parts.settings, call.region), call.at
    )
    return Redeemed(provider, assertion, user_of(assertion))


def redeem(call: Call, assertion_key: str) -> None:
    """Count an assertion as used; one that was used before is refused."""
    if call.unit.state_get(_NAMESPACE, assertion_key) is not None:
        raise ApiError("InvalidIdentityToken", "The SAML assertion has been used already")
    call.unit.state_put(_NAMESPACE, assertion_key, b"", expires_at=call.at + _REMEMBERED_FOR, expect=0)


def assertion_key(redeemed: Redeemed) -> str:
    """What an assertion is remembered by."""
    text = f"{redeemed.assertion.issuer}\n{redeemed.assertion.assertion_id}"
    return hashlib.sha256(text.encode()).hexdigest()


def _metadata(document: str) -> Metadata:
    digest = hashlib.sha256(document.encode()).digest()
    found = _KNOWN.get(digest)
    if found is None:
        if len(_KNOWN) >= 200:
            _KNOWN.clear()
        found = _KNOWN[digest] = read_metadata(document)
    return found


_KNOWN: dict[bytes, Metadata] = {}
"""Metadata as read, by the document's digest."""


def _prove(call: Call, request: Any) -> None:
    """Verify the response, and make its user the caller. It names the assertion among the parameters, as AWS records them."""
    account = role_account(call, request["RoleArn"])
    try:
        redeemed = verified(call, account, request["PrincipalArn"], request["SAMLAssertion"])
    except IdentityRefused as problem:
        raise refusal(problem) from None
    assertion, user = redeemed.assertion, redeemed.user
    request["SAMLAssertionID"], request["RoleSessionName"] = assertion.assertion_id, user.session_name
    call.account = account
    call.principal = Principal(
        kind="SAMLUser",
        account=account,
        arn="",
        principal_id=f"{redeemed.qualifier}:{assertion.subject}",
        user_name=assertion.subject,
        identity_provider=redeemed.provider.arn,
    )
    if RolePair(request["RoleArn"], request["PrincipalArn"]) not in user.roles:
        raise ApiError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", status=403)
    call.evidence = _vouched(call, redeemed)


def _vouched(call: Call, redeemed: Redeemed) -> Vouched:
    assertion, user = redeemed.assertion, redeemed.user
    kept: dict[str, str | list[str]] = {
        "saml:namequalifier": redeemed.qualifier,
        "saml:sub": assertion.subject,
        "saml:sub_type": redeemed.subject_type,
    }
    asked = {f"saml:{key}": value for key, value in user.keys.items()} | {
        "saml:aud": assertion.recipient,
        "saml:doc": f"{redeemed.provider.account}/{redeemed.provider.name}",
        "saml:iss": assertion.issuer,
    }
    limits = [assertion.session_ends_at, None if user.duration is None else call.at + user.duration]
    return Vouched(
        provider=redeemed.provider.arn,
        subject=assertion.subject,
        session_name=user.session_name,
        asked=asked | kept,
        kept=kept,
        tags=user.tags,
        transitive_keys=user.transitive_keys,
        source_identity=user.source_identity,
        once=assertion_key(redeemed),
        ends_at=min((limit for limit in limits if limit is not None), default=None),
        answer={
            "Subject": assertion.subject,
            "SubjectType": redeemed.subject_type,
            "Issuer": assertion.issuer,
            "Audience": assertion.recipient,
            "NameQualifier": redeemed.qualifier,
        },
    )


@service.operation(
    "AssumeRoleWithSAML",
    needs={
        "sts:AssumeRoleWithSAML": role_arn,
        "sts:TagSession": role_arn_if_tagged,
        "sts:SetSourceIdentity": role_arn_if_source_identity,
    },
    context=context,
    resource_policy=trust,
    read_only=True,
    anonymous=True,
    records_answer=True,
    hidden=("SAMLAssertion",),
    prepare=_prove,
    proof=Proof(is_given=lambda request: True, check=lambda call, request: redeem(call, call.evidence.once)),
)
def assume_role_with_saml(call: Call, request: AssumeRoleWithSAMLRequestTypeDef) -> dict[str, Any]:
    """Credentials of a role for the subject of a verified assertion, if the role's trust policy lets that user in."""
    return federated_answer(call, request)
