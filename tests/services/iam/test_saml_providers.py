"""SAML providers as IAM keeps them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

ARN = "arn:aws:iam::123456789012:saml-provider/corp"


def metadata(*, bits: int = 2048, valid_until: str = "") -> str:
    """A metadata document as providers publish it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    text = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    until = f'validUntil="{valid_until}"' if valid_until else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" {until} entityID="https://idp.example.com">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"""


@pytest.fixture(scope="module")
def document() -> str:
    return metadata()


@pytest.fixture
def iam(api: Any) -> Any:
    return api.iam


def refused(operation: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_a_provider_is_shown_as_it_was_made(api: Any, iam: Any, document: str) -> None:
    made = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=document, Tags=[{"Key": "team", "Value": "blue"}])
    assert made["SAMLProviderArn"] == ARN
    assert api.asked.needs == {"iam:CreateSAMLProvider": [ARN], "iam:TagSAMLProvider": [ARN]}
    shown = iam.get_saml_provider(SAMLProviderArn=ARN)
    assert shown["SAMLMetadataDocument"] == document
    assert shown["SAMLProviderUUID"].startswith("SAMLSP")
    assert shown["CreateDate"] == api.clock.now().replace(microsecond=0)
    assert shown["ValidUntil"].year == api.clock.now().year + 100
    assert shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert api.asked.context == {"aws:ResourceTag/team": "blue"}
    [listed] = iam.list_saml_providers()["SAMLProviderList"]
    assert listed == {"Arn": ARN, "ValidUntil": shown["ValidUntil"], "CreateDate": shown["CreateDate"]}
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1


def test_the_metadata_says_until_when_a_provider_counts(iam: Any) -> None:
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata(valid_until="2030-01-01T00:00:00Z"))
    assert iam.get_saml_provider(SAMLProviderArn=ARN)["ValidUntil"] == datetime(2030, 1, 1, tzinfo=UTC)
    past = metadata(valid_until="2020-01-01T00:00:00Z")
    assert refused(iam.create_saml_provider, Name="late", SAMLMetadataDocument=past)[0] == "InvalidInput"


def test_names_are_taken_once(iam: Any, document: str) -> None:
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=document)
    again = refused(iam.create_saml_provider, Name="corp", SAMLMetadataDocument=document)
    assert again == ("EntityAlreadyExists", "SAMLProvider corp already exists.")


def test_metadata_that_cannot_be_read_is_refused(iam: Any, document: str) -> None:
    weak = metadata(bits=1024)
    for text in (
        "x" * 1000,
        weak,
        document.replace("<md:Entity", "<!DOCTYPE a><md:Entity", 1),
        document + " " * 9 + "<",
    ):
        answer = refused(iam.create_saml_provider, Name="corp", SAMLMetadataDocument=text)
        assert answer == ("InvalidInput", "Could not parse metadata")
    assert refused(iam.create_saml_provider, Name="corp", SAMLMetadataDocument="short")[0] == "ValidationError"


def test_an_update_replaces_the_metadata_and_must_bring_some(iam: Any, document: str) -> None:
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=document)
    newer = metadata(valid_until="2030-01-01T00:00:00Z")
    assert iam.update_saml_provider(SAMLProviderArn=ARN, SAMLMetadataDocument=newer)["SAMLProviderArn"] == ARN
    assert iam.get_saml_provider(SAMLProviderArn=ARN)["SAMLMetadataDocument"] == newer
    code, message = refused(iam.update_saml_provider, SAMLProviderArn=ARN)
    assert code == "InvalidInput"
    assert message.startswith("Unable to update identity provider. No updates are defined")


def test_encryption_of_assertions_is_refused_by_name(iam: Any, document: str) -> None:
    make = iam.create_saml_provider
    parameters = {"Name": "corp", "SAMLMetadataDocument": document}
    assert "Encrypted assertions are not supported" in refused(make, **parameters, AddPrivateKey="key")[1]
    assert "no private key is provided" in refused(make, **parameters, AssertionEncryptionMode="Required")[1]
    make(**parameters, AssertionEncryptionMode="Allowed")
    update = iam.update_saml_provider
    assert "does not match a private key" in refused(update, SAMLProviderArn=ARN, RemovePrivateKey="A" * 22)[1]
    both = refused(update, SAMLProviderArn=ARN, AddPrivateKey="key", RemovePrivateKey="A" * 22)[1]
    assert both.startswith("Unable to add and remove private keys in the same request")


def test_tags_come_and_go_and_a_provider_is_deleted_once(iam: Any, document: str) -> None:
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=document)
    iam.tag_saml_provider(SAMLProviderArn=ARN, Tags=[{"Key": "Team", "Value": "red"}])
    assert iam.list_saml_provider_tags(SAMLProviderArn=ARN)["Tags"] == [{"Key": "Team", "Value": "red"}]
    iam.untag_saml_provider(SAMLProviderArn=ARN, TagKeys=["team"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=ARN)["Tags"] == []
    iam.delete_saml_provider(SAMLProviderArn=ARN)
    for operation in (iam.delete_saml_provider, iam.get_saml_provider, iam.list_saml_provider_tags):
        assert refused(operation, SAMLProviderArn=ARN)[0] == "NoSuchEntity"
    assert refused(iam.get_saml_provider, SAMLProviderArn=ARN.replace("saml", "oidc"))[0] == "InvalidInput"
