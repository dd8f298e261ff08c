"""Say which part of a SAML response is signed: exactly what a signature covers, read again from the bytes that it covers.

Source: SAML core, section 5.4 (signature profile); "On Breaking SAML: Be Whoever You Want to Be" (USENIX Security 2012) for what
goes wrong where the element that is verified is not the one that is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from garrison.federation.failures import InvalidIdentity
from garrison.federation.saml.xml import PROTOCOL, SAML, SIGNATURE, children, elements

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

INVALID = "Response signature invalid"
_TRANSFORMS = frozenset(
    {
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    }
)
"""SAML core, 5.4.4: no others, so that nothing is cut out of what is signed."""
_CANONICAL = frozenset({"http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"})
_IDS = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


def signed_part(root: _Element, certificates: Iterable[Certificate], now: datetime) -> _Element:
    """The response or the assertion as signed; raises `InvalidIdentity` where any signature in it does not hold.

    `root` is a response with one assertion.
    """
    assertion = children(root, f"{SAML}Assertion")[0]
    _check_ids(root)
    signatures = [each for each in elements(root) if each.tag == f"{SIGNATURE}Signature"]
    own, inner = children(root, f"{SIGNATURE}Signature"), children(assertion, f"{SIGNATURE}Signature")
    if not signatures or len(own) > 1 or len(inner) > 1 or len(signatures) != len(own) + len(inner):
        raise InvalidIdentity(INVALID)
    usable = tuple(certificates)
    parts = [
        _verified(root, part, place, usable, now)
        for part, signature, place in ((root, own, "./"), (assertion, inner, f"./{SAML}Assertion/"))
        if signature
    ]
    return parts[0]


def _check_ids(root: _Element) -> None:
    """Each ID stands once, and only in SAML's own attribute: a reference means one element for every reader."""
    seen: set[str] = set()
    for element in elements(root):
        for name in _IDS:
            value = element.get(name)
            if value is None:
                continue
            if value in seen or (name != "ID" and element.tag.startswith((SAML, PROTOCOL))):
                raise InvalidIdentity(INVALID)
            seen.add(value)


def _verified(
    root: _Element, part: _Element, place: str, certificates: tuple[Certificate, ...], now: datetime
) -> _Element:
    """The part as its signature covers it, by the first certificate that verifies it."""
    from cryptography.exceptions import InvalidSignature as BadSignature
    from lxml.etree import LxmlError
    from signxml.exceptions import SignXMLException
    from signxml.verifier import XMLVerifier

    _check_shape(part)
    for certificate in certificates:
        try:
            found = XMLVerifier().verify(
                root, x509_cert=certificate, id_attribute="ID", expect_config=_configuration(place, now)
            )
        except (SignXMLException, BadSignature, LxmlError, ValueError, TypeError, KeyError, AttributeError):
            continue
        signed = getattr(found, "signed_xml", None)
        if signed is not None and signed.tag == part.tag and signed.get("ID") == part.get("ID"):
            element: _Element = signed
            return element
    raise InvalidIdentity(INVALID)


def _check_shape(part: _Element) -> None:
    """One reference, to the element that the signature stands in, by nothing but the allowed transforms."""
    signature = children(part, f"{SIGNATURE}Signature")[0]
    information = children(signature, f"{SIGNATURE}SignedInfo")
    if len(information) != 1 or children(signature, f"{SIGNATURE}Object") or not part.get("ID"):
        raise InvalidIdentity(INVALID)
    references = children(information[0], f"{SIGNATURE}Reference")
    methods = children(information[0], f"{SIGNATURE}CanonicalizationMethod")
    if len(references) != 1 or references[0].get("URI") != f"#{part.get('ID')}" or len(methods) != 1:
        raise InvalidIdentity(INVALID)
    transforms = [each.get("Algorithm") for each in references[0].iter(f"{SIGNATURE}Transform")]
    if methods[0].get("Algorithm") not in _CANONICAL or not _TRANSFORMS.issuperset(transforms):
        raise InvalidIdentity(INVALID)
    if len(transforms) != len(set(transforms)):
        raise InvalidIdentity(INVALID)


@cache
def _algorithms() -> dict[str, Any]:
    """SHA-256 and longer; SHA-1 and everything symmetric are refused."""
    from signxml.algorithms import DigestAlgorithm, SignatureMethod

    return {
        "signature_methods": frozenset(
            {
                SignatureMethod.RSA_SHA256,
                SignatureMethod.RSA_SHA384,
                SignatureMethod.RSA_SHA512,
                SignatureMethod.ECDSA_SHA256,
                SignatureMethod.ECDSA_SHA384,
                SignatureMethod.ECDSA_SHA512,
            }
        ),
        "digest_algorithms": frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
    }


def _configuration(place: str, now: datetime) -> Any:
    from signxml.verifier import SignatureConfiguration

    return SignatureConfiguration(location=place, expect_references=1, verification_time=now, **_algorithms())
