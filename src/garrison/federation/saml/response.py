"""Verify a SAML response as the web browser profile asks: signed by its provider, for us, now, and about a known subject.

Source: SAML 2.0 profiles, section 4.1.4 (web browser SSO); IAM User Guide, "Configure SAML assertions for the authentication
response". Everything is read from the part that is signed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from garrison.federation.failures import ExpiredIdentity, InvalidIdentity, RejectedClaim
from garrison.federation.saml.metadata import Metadata
from garrison.federation.saml.signature import signed_part
from garrison.federation.saml.xml import PROTOCOL, SAML, NotRead, children, elements, parse, text_of, time_of

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_RESPONSE = 100_000
"""Characters in base64 (STS API reference, AssumeRoleWithSAML, `SAMLAssertion`)."""
REDEEMED_WITHIN = timedelta(minutes=5)
"""IAM User Guide, "Request a token": five minutes from the issuing of the assertion."""
SKEW = timedelta(minutes=1)
"""How far the provider's clock may be from ours."""
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
LONGEST_TEXT = 2048
MOST_VALUES = 1000

_CONDITIONS = frozenset(f"{SAML}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction"))
_MALFORMED = "The SAML response is not valid"


class Expected(NamedTuple):
    """What a response must say to be meant for us."""

    audiences: Collection[str]
    recipients: Collection[str]
    answers: Collection[str] = ()
    """Ids of the requests that a response may answer; without any it must be one that nobody asked for."""


class Assertion(NamedTuple):
    """A verified assertion."""

    assertion_id: str
    issuer: str
    subject: str
    subject_type: str
    recipient: str
    issued_at: datetime
    session_ends_at: datetime | None
    attributes: dict[str, tuple[str, ...]]
    """Values by the attributes' names."""


def read_response(encoded: str, metadata: Metadata, expected: Expected, now: datetime) -> Assertion:
    """The assertion of a response in base64; raises `IdentityRefused`."""
    try:
        root = parse(_decoded(encoded), with_comments=False)
        assertion = _signed_assertion(root, metadata, now)
        return _Reading(assertion, root, expected, now).read()
    except NotRead:
        raise InvalidIdentity(_MALFORMED) from None


def unverified_attributes(encoded: str) -> dict[str, tuple[str, ...]]:
    """The attributes of a response that nobody has verified; raises `InvalidIdentity` where it has not one assertion."""
    try:
        root = parse(_decoded(encoded), with_comments=False)
        found = [each for each in elements(root) if each.tag == f"{SAML}Assertion"]
        if len(found) != 1:
            raise InvalidIdentity(_MALFORMED)
        return _attributes(found[0])
    except NotRead:
        raise InvalidIdentity(_MALFORMED) from None


def _decoded(encoded: str) -> str:
    if len(encoded) > LARGEST_RESPONSE:
        raise InvalidIdentity(_MALFORMED)
    try:
        return base64.b64decode("".join(encoded.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise InvalidIdentity("Invalid base64 SAMLResponse") from None


def _signed_assertion(root: _Element, metadata: Metadata, now: datetime) -> _Element:
    """The one assertion of a successful response, as signed."""
    if root.tag != f"{PROTOCOL}Response" or root.get("Version") != "2.0":
        raise InvalidIdentity(_MALFORMED)
    _check_status(root)
    everywhere = [each for each in elements(root) if each.tag == f"{SAML}Assertion"]
    if any(each.tag == f"{SAML}EncryptedAssertion" for each in elements(root)):
        raise InvalidIdentity("The SAML response has an encrypted assertion, which this account has no key for")
    if len(everywhere) != 1 or everywhere[0].getparent() is not root:
        raise InvalidIdentity(_MALFORMED)
    issuers = [*children(root, f"{SAML}Issuer"), *children(everywhere[0], f"{SAML}Issuer")]
    if not children(everywhere[0], f"{SAML}Issuer") or any(text_of(each) != metadata.entity_id for each in issuers):
        raise InvalidIdentity("Issuer not present in specified provider")
    signed = signed_part(root, metadata.certificates, now)
    assertion = signed if signed.tag == f"{SAML}Assertion" else children(signed, f"{SAML}Assertion")[0]
    if [text_of(each) for each in children(assertion, f"{SAML}Issuer")] != [metadata.entity_id]:
        raise InvalidIdentity("Issuer not present in specified provider")
    return assertion


def _check_status(root: _Element) -> None:
    codes = [each.get("Value") for status in children(root, f"{PROTOCOL}Status") for each in status][:1]
    if not codes:
        raise InvalidIdentity(_MALFORMED)
    if codes[0] != SUCCESS:
        raise RejectedClaim("The identity provider reported that authentication failed")


class _Reading:
    """One assertion on its way to being believed. The response around it only narrows what it may say."""

    def __init__(self, assertion: _Element, response: _Element, expected: Expected, now: datetime) -> None:
        self._assertion = assertion
        self._response = response
        self._expected = expected
        self._now = now

    def read(self) -> Assertion:
        assertion = self._assertion
        if assertion.get("Version") != "2.0":
            raise InvalidIdentity(_MALFORMED)
        issued_at = self._issued_at()
        self._check_conditions()
        name, recipient = self._subject()
        session_ends_at = self._session_end()
        return Assertion(
            assertion_id=_bounded(assertion.get("ID", "")),
            issuer=text_of(children(assertion, f"{SAML}Issuer")[0]),
            subject=_bounded(text_of(name)),
            subject_type=_bounded(name.get("Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")),
            recipient=recipient,
            issued_at=issued_at,
            session_ends_at=session_ends_at,
            attributes=_attributes(assertion),
        )

    def _issued_at(self) -> datetime:
        issued_at = time_of(self._assertion.get("IssueInstant", ""))
        if self._now - issued_at >= REDEEMED_WITHIN:
            raise ExpiredIdentity("Token must be redeemed within 5 minutes of issuance")
        if issued_at - self._now > SKEW:
            raise InvalidIdentity("The SAML assertion was issued in the future")
        return issued_at

    def _check_conditions(self) -> None:
        conditions = children(self._assertion, f"{SAML}Conditions")
        if len(conditions) != 1:
            raise InvalidIdentity("Response does not contain the required audience.")
        self._check_period(conditions[0])
        if any(each.tag not in _CONDITIONS for each in conditions[0]):
            raise InvalidIdentity("The SAML assertion has a condition that is not understood")
        restrictions = children(conditions[0], f"{SAML}AudienceRestriction")
        for restriction in restrictions:
            named = {text_of(each) for each in children(restriction, f"{SAML}Audience")}
            if named.isdisjoint(self._expected.audiences):
                raise InvalidIdentity("Response does not contain the required audience.")
        if not restrictions:
            raise InvalidIdentity("Response does not contain the required audience.")

    def _check_period(self, element: _Element) -> None:
        begins, ends = element.get("NotBefore"), element.get("NotOnOrAfter")
        if begins is not None and time_of(begins) - self._now > SKEW:
            raise InvalidIdentity("The SAML assertion is not valid yet")
        if ends is not None and self._now - time_of(ends) >= SKEW:
            raise ExpiredIdentity("The SAML assertion has expired")

    def _subject(self) -> tuple[_Element, str]:
        """The subject's name, and where the assertion was sent; exactly one of each (IAM User Guide)."""
        subjects = children(self._assertion, f"{SAML}Subject")
        names = [each for subject in subjects for each in children(subject, f"{SAML}NameID")]
        confirmations = [each for subject in subjects for each in children(subject, f"{SAML}SubjectConfirmation")]
        if len(subjects) != 1 or len(names) != 1 or len(names[0]) or not text_of(names[0]):
            raise InvalidIdentity("The SAML assertion has no subject with a name")
        if len(confirmations) != 1 or confirmations[0].get("Method") != BEARER:
            raise InvalidIdentity("The SAML assertion's subject is not confirmed")
        data = children(confirmations[0], f"{SAML}SubjectConfirmationData")
        if len(data) != 1 or "NotOnOrAfter" not in data[0].attrib:
            raise InvalidIdentity("The SAML assertion's subject is not confirmed")
        self._check_period(data[0])
        recipient = data[0].get("Recipient", "")
        destination = self._response.get("Destination") or recipient
        if recipient not in self._expected.recipients or destination not in self._expected.recipients:
            raise InvalidIdentity("The SAML response is meant for another recipient")
        self._check_request(data[0].get("InResponseTo"), self._response.get("InResponseTo"))
        return names[0], recipient

    def _check_request(self, confirmed: str | None, answered: str | None) -> None:
        for request in (confirmed, answered):
            if request and request not in self._expected.answers:
                raise InvalidIdentity("The SAML response answers a request that was not made here")
        if confirmed and answered and confirmed != answered:
            raise InvalidIdentity("The SAML response answers two requests")
        if self._expected.answers and not confirmed:
            raise InvalidIdentity("The SAML response answers no request")

    def _session_end(self) -> datetime | None:
        statements = children(self._assertion, f"{SAML}AuthnStatement")
        if not statements:
            raise InvalidIdentity("The SAML assertion does not say that the subject was authenticated")
        ends = [
            time_of(each.get("SessionNotOnOrAfter", "")) for each in statements if "SessionNotOnOrAfter" in each.attrib
        ]
        if ends and min(ends) <= self._now:
            raise ExpiredIdentity("The session of the SAML assertion has ended")
        return min(ends, default=None)


def _attributes(assertion: _Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for statement in children(assertion, f"{SAML}AttributeStatement"):
        for attribute in children(statement, f"{SAML}Attribute"):
            name = _bounded(attribute.get("Name", ""))
            if name in found:
                raise InvalidIdentity("The SAML assertion has an attribute twice")
            found[name] = tuple(_bounded(text_of(each)) for each in children(attribute, f"{SAML}AttributeValue"))
    if sum(map(len, found.values())) > MOST_VALUES:
        raise InvalidIdentity(_MALFORMED)
    return found


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InvalidIdentity(_MALFORMED)
    return text
