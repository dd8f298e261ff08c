"""Responses of a real SAML provider, and the attacks on them: what is read is what is signed, or nothing."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from garrison.federation import ExpiredIdentity, IdentityRefused, InvalidIdentity, RejectedClaim
from garrison.federation.saml import Assertion, Expected, Metadata, read_metadata, read_response, user_of
from garrison.federation.saml.xml import NotRead

from .saml_idp import ATTRIBUTES, AWS, DSIG, RSA_SHA1, RSA_SHA256, SHA1, SHA256, IdentityProvider, encoded

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ROLE = "arn:aws:iam::123456789012:role/staff"
PROVIDER = "arn:aws:iam::123456789012:saml-provider/corp"
EXPECTED = Expected(audiences={AWS, "urn:amazon:webservices"}, recipients={AWS})


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> IdentityProvider:
    return IdentityProvider(tmp_path_factory.mktemp("idp"))


@pytest.fixture(scope="module")
def metadata(idp: IdentityProvider) -> Metadata:
    return read_metadata(idp.metadata)


@pytest.fixture(scope="module")
def read(metadata: Metadata) -> Callable[..., Assertion]:
    def call(xml: str, *, expected: Expected = EXPECTED, at: datetime | None = None) -> Assertion:
        return read_response(encoded(xml), metadata, expected, at or datetime.now(UTC))

    return call


@pytest.fixture(scope="module")
def genuine(idp: IdentityProvider) -> str:
    return idp.response("alice", ROLE, PROVIDER)


@pytest.mark.parametrize(
    ("sign_assertion", "sign_response"), [(True, False), (False, True), (True, True)], ids=["inner", "outer", "both"]
)
def test_a_signed_response_is_read(
    idp: IdentityProvider, read: Callable[..., Assertion], sign_assertion: bool, sign_response: bool
) -> None:
    ends_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    xml = idp.response(
        "alice",
        ROLE,
        PROVIDER,
        sign_assertion=sign_assertion,
        sign_response=sign_response,
        session_ends_at=ends_at,
        **{
            "PrincipalTag:Team": "blue",
            "TransitiveTagKeys": ["Team"],
            "SourceIdentity": "alice@example.com",
            "SessionDuration": "1800",
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"],
            "urn:oid:0.9.2342.19200300.100.1.3": "alice@example.com",
        },
    )
    assertion = read(xml)
    assert assertion.subject == "alice"
    assert assertion.issuer == idp.entity_id
    assert assertion.recipient == AWS
    assert assertion.session_ends_at == ends_at
    user = user_of(assertion)
    assert user.roles == ((ROLE, PROVIDER),)
    assert user.session_name == "alice"
    assert user.tags == {"Team": "blue"}
    assert user.transitive_keys == ("Team",)
    assert user.source_identity == "alice@example.com"
    assert user.duration == timedelta(minutes=30)
    assert user.keys == {"edupersonaffiliation": ["staff", "member"], "mail": "alice@example.com"}


def test_role_pairs_stand_in_either_order(idp: IdentityProvider, read: Callable[..., Assertion]) -> None:
    for written in (f"{ROLE},{PROVIDER}", f"{PROVIDER},{ROLE}", f" {PROVIDER} , {ROLE} "):
        assert user_of(read(idp.response("alice", ROLE, PROVIDER, Role=written))).roles == ((ROLE, PROVIDER),)
    for written in (ROLE, f"{ROLE},{ROLE}", f"{PROVIDER},{PROVIDER}", f"{ROLE},{PROVIDER},x", "x,y"):
        assert (ROLE, PROVIDER) not in user_of(read(idp.response("alice", ROLE, PROVIDER, Role=written))).roles


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"RoleSessionName": None}, "RoleSessionName is required in AuthnResponse"),
        ({"RoleSessionName": "a b"}, "RoleSessionName in AuthnResponse must match"),
        ({"RoleSessionName": "x"}, "RoleSessionName in AuthnResponse must match"),
        ({"RoleSessionName": ["alice", "admin"]}, "exactly one value"),
        ({"Role": None}, "Role is required in AuthnResponse"),
        ({"SourceIdentity": "aws:root"}, "Source Identity must match"),
        ({"SessionDuration": "899"}, "SessionDuration"),
        ({"SessionDuration": "1e3"}, "SessionDuration"),
        ({"SessionDuration": "٩٩٩"}, "SessionDuration"),
        ({"PrincipalTag:a": ["1", "2"]}, "exactly one value"),
        ({"PrincipalTag:a": "1", "PrincipalTag:A": "2"}, "Duplicate tag keys"),
        ({"PrincipalTag:a": "x" * 257}, "value is not valid"),
    ],
)
def test_attributes_must_be_of_the_form_that_aws_asks_for(
    idp: IdentityProvider, read: Callable[..., Assertion], attributes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidIdentity, match=message):
        user_of(read(idp.response("alice", ROLE, PROVIDER, **attributes)))


def test_sha_1_and_unsigned_responses_are_refused(idp: IdentityProvider, read: Callable[..., Assertion]) -> None:
    for signature, digest in ((RSA_SHA1, SHA1), (RSA_SHA1, SHA256), (RSA_SHA256, SHA1)):
        xml = idp.response("alice", ROLE, PROVIDER, signature=signature, digest=digest)
        assert signature in xml
        with pytest.raises(InvalidIdentity, match="Response signature invalid"):
            read(xml)
    with pytest.raises(InvalidIdentity, match="Response signature invalid"):
        read(idp.response("alice", ROLE, PROVIDER, sign_assertion=False))


def test_another_providers_signature_is_refused(
    tmp_path: Path, idp: IdentityProvider, read: Callable[..., Assertion]
) -> None:
    """Also where it says that it is the right provider, and brings its own certificate."""
    other = IdentityProvider(tmp_path / "other", "corp")
    assert other.entity_id == idp.entity_id
    with pytest.raises(InvalidIdentity, match="Response signature invalid"):
        read(other.response("alice", ROLE, PROVIDER))
    stranger = IdentityProvider(tmp_path / "stranger", "stranger")
    with pytest.raises(InvalidIdentity, match="Issuer not present in specified provider"):
        read(stranger.response("alice", ROLE, PROVIDER))


def test_a_second_certificate_of_the_provider_serves_its_new_key(
    tmp_path: Path, idp: IdentityProvider, genuine: str
) -> None:
    new = IdentityProvider(tmp_path / "new", "corp")
    old, now = read_metadata(idp.metadata), datetime.now(UTC)
    both = old._replace(certificates=(*old.certificates, *read_metadata(new.metadata).certificates))
    for xml in (genuine, new.response("alice", ROLE, PROVIDER)):
        assert read_response(encoded(xml), both, EXPECTED, now).subject == "alice"


def test_a_signature_by_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    expired = IdentityProvider(tmp_path / "expired", days=-1)
    metadata = read_metadata(expired.metadata)
    with pytest.raises(InvalidIdentity, match="Response signature invalid"):
        read_response(encoded(expired.response("alice", ROLE, PROVIDER)), metadata, EXPECTED, datetime.now(UTC))


def evil(assertion: Any, element_id: str = "evil") -> Any:
    """A copy of an assertion about the administrator, without a signature."""
    made = copy.deepcopy(assertion)
    for signature in made.findall(f"{DSIG}Signature"):
        made.remove(signature)
    made.set("ID", element_id)
    for name in made.iter(f"{SAML}NameID"):
        name.text = "admin"
    return made


def wrapped(xml: str) -> dict[str, str]:
    """The wrappings of "On Breaking SAML", and more, of a signed response."""

    def variant(change: Callable[[Any, Any], Any]) -> str:
        root = etree.fromstring(xml.encode())
        changed = change(root, root.find(f"{SAML}Assertion"))
        return etree.tostring(root if changed is None else changed).decode()

    def before(root: Any, assertion: Any) -> None:
        assertion.addprevious(evil(assertion))

    def after(root: Any, assertion: Any) -> None:
        assertion.addnext(evil(assertion))

    def around(root: Any, assertion: Any) -> None:
        outer = evil(assertion)
        root.replace(assertion, outer)
        outer.append(assertion)

    def with_signature_moved_out(root: Any, assertion: Any) -> None:
        outer = evil(assertion)
        outer.insert(1, assertion.find(f"{DSIG}Signature"))
        root.insert(list(root).index(assertion), outer)

    def inside_the_signature(root: Any, assertion: Any) -> None:
        outer = evil(assertion)
        signature = assertion.find(f"{DSIG}Signature")
        outer.insert(1, signature)
        root.replace(assertion, outer)
        etree.SubElement(signature, f"{DSIG}Object").append(assertion)

    def inside_extensions(root: Any, assertion: Any) -> None:
        extensions = etree.Element(f"{PROTOCOL}Extensions")
        root.insert(0, extensions)
        extensions.append(evil(assertion, assertion.get("ID")))

    def genuine_inside_extensions(root: Any, assertion: Any) -> None:
        extensions = etree.Element(f"{PROTOCOL}Extensions")
        root.replace(assertion, evil(assertion))
        root.insert(0, extensions)
        extensions.append(assertion)

    def same_id(root: Any, assertion: Any) -> None:
        assertion.addprevious(evil(assertion, assertion.get("ID")))

    def other_attribute(root: Any, assertion: Any) -> None:
        made = evil(assertion)
        made.set("Id", assertion.get("ID"))
        root.replace(assertion, made)
        made.append(assertion)

    def response_inside_response(root: Any, assertion: Any) -> Any:
        outer = copy.deepcopy(root)
        outer.set("ID", "outer")
        inner = outer.find(f"{SAML}Assertion")
        outer.replace(inner, evil(inner))
        etree.SubElement(outer, f"{PROTOCOL}Extensions").append(root)
        return outer

    changes = [
        before,
        after,
        around,
        with_signature_moved_out,
        inside_the_signature,
        inside_extensions,
        genuine_inside_extensions,
        same_id,
        other_attribute,
        response_inside_response,
    ]
    if f"{DSIG}Signature" not in [each.tag for each in etree.fromstring(xml.encode()).find(f"{SAML}Assertion")]:
        changes = [each for each in changes if each not in (with_signature_moved_out, inside_the_signature)]
    return {change.__name__: variant(change) for change in changes}


def test_signature_wrapping_is_refused(idp: IdentityProvider, genuine: str, read: Callable[..., Assertion]) -> None:
    outer = idp.response("alice", ROLE, PROVIDER, sign_assertion=False, sign_response=True)
    both = idp.response("alice", ROLE, PROVIDER, sign_response=True)
    for xml in (genuine, outer, both):
        assert read(xml).subject == "alice"
    for signed in (genuine, outer, both):
        for name, xml in wrapped(signed).items():
            assert "admin" in xml, name
            for hostile in (xml, without_signatures_of_assertions(xml)):
                with pytest.raises(InvalidIdentity):
                    read(hostile)


def without_signatures_of_assertions(xml: str) -> str:
    root = etree.fromstring(xml.encode())
    for assertion in root.iter(f"{SAML}Assertion"):
        for signature in assertion.findall(f"{DSIG}Signature"):
            assertion.remove(signature)
    return etree.tostring(root).decode()


def test_any_change_to_what_is_signed_is_noticed(
    idp: IdentityProvider, genuine: str, read: Callable[..., Assertion]
) -> None:
    changes = {
        "the subject": (">alice</", ">admin</"),
        "the role": (ROLE, ROLE + "-admin"),
        "the audience": ("urn:amazon:webservices", AWS),
        "the end": ("NotOnOrAfter=", "X="),
        "a transform": ("xmldsig#enveloped-signature", "xmldsig#base64"),
        "the algorithm to a secret's": ("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"),
        "the reference to all": ('URI="#', 'URI="'),
    }
    for what, (old, new) in changes.items():
        changed = genuine.replace(old, new)
        assert changed != genuine, what
        with pytest.raises(IdentityRefused):
            read(changed)
    both = idp.response("alice", ROLE, PROVIDER, sign_response=True)
    with pytest.raises(InvalidIdentity, match="Response signature invalid"):
        read(both.replace("<ns0:Status>", "<ns0:Status >").replace('Destination="', 'Consent="x" Destination="'))


def test_comments_instructions_and_entities_are_refused_wherever_they_stand(
    genuine: str, read: Callable[..., Assertion]
) -> None:
    body = genuine.partition("?>")[2]
    hostile = {
        "a comment in the subject": genuine.replace(">alice<", ">ali<!-- -->ce<"),
        "a comment elsewhere": genuine.replace("</ns0:Response>", "<!-- --></ns0:Response>"),
        "an instruction": genuine.replace(">alice<", ">ali<?x y?>ce<"),
        "a document type": f"<!DOCTYPE x>{body}",
        "an entity": f'<!DOCTYPE x [<!ENTITY e "alice">]>{body.replace(">alice<", ">&e;<")}',
        "a file": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{body.replace(">alice<", ">&e;<")}',
        "an undefined entity": genuine.replace(">alice<", ">&e;<"),
        "another encoding": f'<?xml version="1.0" encoding="utf-16"?>{body}',
    }
    for what, xml in hostile.items():
        assert xml != genuine, what
        with pytest.raises(InvalidIdentity):
            read(xml)


def test_garbage_is_refused_in_bounded_time(metadata: Metadata) -> None:
    now = datetime.now(UTC)
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    began = time.monotonic()
    for xml in (
        "",
        "x",
        "<x/>",
        "<x" * 30000,
        "<a>" * 20000 + "</a>" * 8000,
        laughs + "]><l>&i;</l>",
        "<a " + "b='' " * 9000 + "/>",
    ):
        with pytest.raises(InvalidIdentity):
            read_response(encoded(xml), metadata, EXPECTED, now)
    for text in ("not base64!", "é", "A" * 100_001, "AAAA" * 20000, "/////w=="):
        with pytest.raises(InvalidIdentity):
            read_response(text, metadata, EXPECTED, now)
    assert time.monotonic() - began < 30


def test_times_count_with_a_minute_for_clocks_and_five_to_redeem(
    idp: IdentityProvider, genuine: str, read: Callable[..., Assertion]
) -> None:
    now = datetime.now(UTC)
    for minutes in (-0.5, 0.5, 4.5):
        assert read(genuine, at=now + timedelta(minutes=minutes))
    with pytest.raises(ExpiredIdentity, match="redeemed within 5 minutes"):
        read(genuine, at=now + timedelta(minutes=6))
    with pytest.raises(InvalidIdentity, match="future"):
        read(genuine, at=now - timedelta(minutes=2))

    def ended(root: Any) -> None:
        for element in root.iter(f"{SAML}SubjectConfirmationData"):
            element.set("NotOnOrAfter", (now - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def not_begun(root: Any) -> None:
        for element in root.iter(f"{SAML}Conditions"):
            element.set("NotBefore", (now + timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ"))

    with pytest.raises(ExpiredIdentity):
        read(idp.resigned(genuine, ended))
    with pytest.raises(InvalidIdentity, match="not valid yet"):
        read(idp.resigned(genuine, not_begun))
    past = idp.response("alice", ROLE, PROVIDER, session_ends_at=now - timedelta(minutes=1))
    with pytest.raises(ExpiredIdentity, match="session"):
        read(past)


def test_a_response_must_be_meant_for_us(idp: IdentityProvider, read: Callable[..., Assertion]) -> None:
    assert read(idp.response("alice", ROLE, PROVIDER, audience=AWS)).subject == "alice"
    with pytest.raises(InvalidIdentity, match="Response does not contain the required audience"):
        read(idp.response("alice", ROLE, PROVIDER, audience="https://other.example.com"))
    with pytest.raises(InvalidIdentity, match="another recipient"):
        read(idp.response("alice", ROLE, PROVIDER, recipient="https://other.example.com"))
    answering = idp.response("alice", ROLE, PROVIDER, in_response_to="request-1")
    with pytest.raises(InvalidIdentity, match="was not made here"):
        read(answering)
    asked = EXPECTED._replace(answers={"request-1"})
    assert read(answering, expected=asked).subject == "alice"
    with pytest.raises(InvalidIdentity, match="answers no request"):
        read(idp.response("alice", ROLE, PROVIDER), expected=asked)


def removed(tag: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        for element in list(root.iter(tag)):
            element.getparent().remove(element)

    return change


def doubled(tag: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        for element in list(root.iter(tag)):
            element.addnext(copy.deepcopy(element))

    return change


def named(tag: str, attribute: str, value: str | None) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        for element in root.iter(tag):
            if value is None:
                element.attrib.pop(attribute)
            else:
                element.set(attribute, value)

    return change


@pytest.mark.parametrize(
    "change",
    [
        removed(f"{SAML}Conditions"),
        removed(f"{SAML}AudienceRestriction"),
        removed(f"{SAML}Subject"),
        removed(f"{SAML}NameID"),
        removed(f"{SAML}SubjectConfirmation"),
        removed(f"{SAML}SubjectConfirmationData"),
        removed(f"{SAML}AuthnStatement"),
        doubled(f"{SAML}Conditions"),
        doubled(f"{SAML}Subject"),
        doubled(f"{SAML}NameID"),
        doubled(f"{SAML}SubjectConfirmation"),
        doubled(f"{SAML}Attribute"),
        named(f"{SAML}SubjectConfirmationData", "NotOnOrAfter", None),
        named(f"{SAML}SubjectConfirmationData", "Recipient", None),
        named(f"{SAML}SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
        named(f"{SAML}Assertion", "Version", "1.1"),
        named(f"{SAML}Assertion", "IssueInstant", "yesterday"),
        named(f"{SAML}Conditions", "NotOnOrAfter", "2026-13-01T00:00:00Z"),
        lambda root: etree.SubElement(next(root.iter(f"{SAML}Conditions")), f"{SAML}Condition"),
    ],
)
def test_what_the_profile_asks_for_must_be_there_once_even_where_the_provider_signed(
    idp: IdentityProvider, genuine: str, read: Callable[..., Assertion], change: Callable[[Any], None]
) -> None:
    assert read(idp.resigned(genuine, lambda root: None)).subject == "alice"
    with pytest.raises(InvalidIdentity):
        read(idp.resigned(genuine, change))


def test_a_failed_authentication_is_reported_as_the_providers_word(
    genuine: str, read: Callable[..., Assertion]
) -> None:
    with pytest.raises(RejectedClaim):
        read(genuine.replace("status:Success", "status:Responder"))


def test_an_encrypted_assertion_is_refused_by_name(genuine: str, read: Callable[..., Assertion]) -> None:
    root = etree.fromstring(genuine.encode())
    root.append(etree.Element(f"{SAML}EncryptedAssertion"))
    with pytest.raises(InvalidIdentity, match="encrypted"):
        read(etree.tostring(root).decode())


def test_attribute_names_are_aws_own() -> None:
    assert ATTRIBUTES == "https://aws.amazon.com/SAML/Attributes/"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IDPSSODescriptor", "SPSSODescriptor"),
        ("SAML:2.0:protocol", "SAML:1.1:protocol"),
        ("X509Certificate", "X509Something"),
        ('entityID="', 'entity="'),
        ("EntityDescriptor", "Entity"),
        ('use="signing"', 'use="encryption"'),
        ("MII", "AAA"),
        ("<ns0:EntityDescriptor", "<!DOCTYPE x><ns0:EntityDescriptor"),
    ],
)
def test_metadata_that_describes_no_provider_is_refused(idp: IdentityProvider, old: str, new: str) -> None:
    document = idp.metadata
    assert read_metadata(document).entity_id == idp.entity_id
    assert old in document
    with pytest.raises(NotRead):
        read_metadata(document.replace(old, new))


def test_metadata_may_say_until_when_it_counts(idp: IdentityProvider) -> None:
    document = idp.metadata.replace('entityID="', 'validUntil="2030-01-02T03:04:05.678Z" entityID="', 1)
    assert read_metadata(document).valid_until == datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert read_metadata(f"<!-- made by hand -->{document}").valid_until is not None
