"""Assume a role with an OpenID Connect token: an identity provider's word in place of a secret key.

Source: STS API reference, AssumeRoleWithWebIdentity; IAM User Guide, "Available keys for AWS OIDC federation".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.federation import (
    IdentityRefused,
    InvalidIdentity,
    Issuer,
    Token,
    WebIdentity,
    read_token,
    session_claims,
    verify,
)
from garrison.policy.actions import action
from garrison.services.iam.identity_providers import OidcProvider
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
    from types_boto3_sts.type_defs import AssumeRoleWithWebIdentityRequestTypeDef

    from garrison.services.call import Call

_ALWAYS = ("aud", "amr", "email", "oaud", "sub")
"""Keys of every provider; some have more, which are those that the action knows for it."""
_KEPT = ("aud", "amr", "sub")
"""Keys that the session's own calls have, too."""
_VARIABLE = re.compile(r"\\\$\\\{[A-Za-z]+\\\}")


def _prove(call: Call, request: AssumeRoleWithWebIdentityRequestTypeDef) -> None:
    """Verify the token, by the network where its issuer's keys are not known yet, and make its user the caller."""
    if request.get("ProviderId"):
        raise ApiError("ValidationError", "ProviderId is for OAuth 2.0 access tokens, which are not accepted here.")
    account = role_account(call, request["RoleArn"])
    try:
        token = read_token(request["WebIdentityToken"])
        provider = _provider(call, account, token)
        user, verification = _verified(call, provider, token)
        said = session_claims(token.claims)
    except IdentityRefused as problem:
        raise refusal(problem) from None
    asked = _condition_values(provider.url, user)
    call.evidence = Vouched(
        provider=provider.arn,
        subject=user.subject,
        session_name=request["RoleSessionName"],
        asked=asked,
        kept={key: value for key, value in asked.items() if key.rpartition(":")[2] in _KEPT},
        tags=said.tags,
        transitive_keys=said.transitive_keys,
        source_identity=said.source_identity,
        event_data={"identityProviderConnectionVerificationMethod": verification} if verification else {},
        answer={
            "SubjectFromWebIdentityToken": user.subject,
            "Audience": user.audience,
            "Provider": provider.arn,
        },
    )
    call.account = account
    call.principal = Principal(
        kind="WebIdentityUser",
        account=account,
        arn="",
        principal_id=f"{provider.arn}:{user.audience}:{user.subject}",
        user_name=user.subject,
        identity_provider=provider.arn,
    )


def _provider(call: Call, account: str, token: Token) -> OidcProvider:
    """The registered provider that the token names as its issuer."""
    scheme, _, url = token.issuer.partition("://")
    with call.parts.store.reading(account, "global") as unit:
        provider = unit.get(OidcProvider, url) if url and len(url) <= 255 else None
    if provider is None or provider.scheme != scheme:
        raise InvalidIdentity(f"No OpenIDConnect provider found in your account for {token.issuer[:255]}")
    return provider


def _verified(call: Call, provider: OidcProvider, token: Token) -> tuple[WebIdentity, str]:
    """The token's user, and how its issuer proved itself; an issuer is asked again for its keys where none of those known has signed the token."""
    issuer = Issuer(provider.issuer, provider.thumbprints)
    published = call.parts.issuer_keys.published(issuer, call.at)
    user = verify(token, provider.issuer, published.keys, provider.client_ids, call.at)
    if user is None:
        published = call.parts.issuer_keys.published(issuer, call.at, unlike=published)
        user = verify(token, provider.issuer, published.keys, provider.client_ids, call.at)
    if user is None:
        raise InvalidIdentity("The ID Token is not signed with a key that its identity provider publishes")
    return user, published.verification


def _condition_values(url: str, user: WebIdentity) -> dict[str, str | list[str]]:
    """`accounts.example.com:sub` and the like: what trust policies may ask about the token."""
    audiences = list(user.audiences)
    values: dict[str, Any] = {"aud": user.audience, "oaud": audiences if len(audiences) > 1 else audiences[0]}
    for claim in dict.fromkeys((*_ALWAYS, *_further_keys(url))):
        value = _condition_value(user.claims.get(claim))
        if value is not None:
            values.setdefault(claim, value)
    return {f"{url}:{claim}": value for claim, value in values.items()}


def _condition_value(claim: Any) -> str | list[str] | None:
    if isinstance(claim, bool):
        return "true" if claim else "false"
    if isinstance(claim, (str, int)):
        return str(claim)
    if isinstance(claim, list) and claim and all(isinstance(item, str) for item in claim):
        return claim
    return None


@lru_cache(maxsize=1024)
def _further_keys(url: str) -> tuple[str, ...]:
    """The claims beyond the usual that the action knows for this provider, as for GitHub's and GitLab's."""
    return tuple(claim for matches, claim in _known_keys() if matches(url))


@lru_cache(maxsize=1)
def _known_keys() -> tuple[tuple[Callable[[str], Any], str], ...]:
    facts = action("sts:AssumeRoleWithWebIdentity")
    assert facts is not None
    found = []
    for key in facts.condition_keys:
        provider, _, claim = key.partition(":")
        if not provider.startswith(("aws", "sts")):
            found.append((re.compile(_VARIABLE.sub("[^/]+", re.escape(provider))).fullmatch, claim))
    return tuple(found)


@service.operation(
    "AssumeRoleWithWebIdentity",
    needs={
        "sts:AssumeRoleWithWebIdentity": role_arn,
        "sts:TagSession": role_arn_if_tagged,
        "sts:SetSourceIdentity": role_arn_if_source_identity,
    },
    context=context,
    resource_policy=trust,
    read_only=True,
    anonymous=True,
    records_answer=True,
    hidden=("WebIdentityToken",),
    prepare=_prove,
    proof=Proof(is_given=lambda request: True, check=lambda call, request: None),
)
def assume_role_with_web_identity(call: Call, request: AssumeRoleWithWebIdentityRequestTypeDef) -> dict[str, Any]:
    """Credentials of a role for the user of a verified token, if the role's trust policy lets that user in."""
    return federated_answer(call, request)
