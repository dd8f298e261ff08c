"""Server certificates through a client: kept, renamed, tagged, and their private keys never shown."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from garrison.services.iam.server_certificates import ServerCertificate
from tests.services.iam.certificates import EC_KEY, certificate

KEY = EC_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def refused(call: Any, **parameters: Any) -> str:
    """The code of the error that a call gets."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    code: str = caught.value.response["Error"]["Code"]
    return code


def _upload(api: Any, name: str = "web", **more: Any) -> dict[str, Any]:
    given = {"CertificateBody": certificate(), "PrivateKey": KEY} | more
    made: dict[str, Any] = api.iam.upload_server_certificate(ServerCertificateName=name, **given)
    return made


def test_a_certificate_is_shown_without_its_private_key(api: Any) -> None:
    chain = certificate("authority")
    made = _upload(api, Path="/sites/", CertificateChain=chain, Tags=[{"Key": "k", "Value": "v"}])
    metadata = made["ServerCertificateMetadata"]
    assert metadata["Arn"] == "arn:aws:iam::123456789012:server-certificate/sites/web"
    assert metadata["ServerCertificateId"].startswith("ASCA")
    assert made["Tags"] == [{"Key": "k", "Value": "v"}]
    shown = api.iam.get_server_certificate(ServerCertificateName="WEB")["ServerCertificate"]
    assert shown["ServerCertificateMetadata"] == metadata
    assert shown["CertificateChain"] == chain
    assert "PRIVATE" not in str(shown)
    with api.store.reading("123456789012", "global") as unit:
        kept = unit.get(ServerCertificate, "web")
        assert "PRIVATE" not in repr(kept)
        assert unit.unseal(kept.private_key).decode() == KEY
    assert api.iam.get_account_summary()["SummaryMap"]["ServerCertificates"] == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"CertificateBody": "nonsense"}, "MalformedCertificate"),
        ({"PrivateKey": "nonsense"}, "MalformedCertificate"),
        ({"CertificateChain": "nonsense"}, "MalformedCertificate"),
        (
            {
                "PrivateKey": EC_KEY.private_bytes(
                    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
                ).decode()
            },
            "MalformedCertificate",
        ),
        (
            {
                "PrivateKey": ec.generate_private_key(ec.SECP256R1())
                .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                .decode()
            },
            "KeyPairMismatch",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(api: Any, more: dict[str, Any], code: str) -> None:
    assert refused(lambda: _upload(api, **more)) == code


def test_a_certificate_is_renamed_moved_and_deleted(api: Any) -> None:
    _upload(api)
    _upload(api, "mail")
    assert refused(lambda: _upload(api, "Web")) == "EntityAlreadyExists"
    update = api.iam.update_server_certificate
    assert refused(update, ServerCertificateName="web", NewServerCertificateName="mail") == "EntityAlreadyExists"
    update(ServerCertificateName="web", NewServerCertificateName="shop", NewPath="/sites/")
    listed = api.iam.list_server_certificates(PathPrefix="/sites/")["ServerCertificateMetadataList"]
    assert [each["ServerCertificateName"] for each in listed] == ["shop"]
    api.iam.delete_server_certificate(ServerCertificateName="shop")
    assert refused(api.iam.get_server_certificate, ServerCertificateName="shop") == "NoSuchEntity"
    assert len(api.iam.list_server_certificates()["ServerCertificateMetadataList"]) == 1


def test_certificates_are_tagged(api: Any) -> None:
    _upload(api)
    named = {"ServerCertificateName": "web"}
    api.iam.tag_server_certificate(**named, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    api.iam.untag_server_certificate(**named, TagKeys=["b"])
    assert api.iam.list_server_certificate_tags(**named)["Tags"] == [{"Key": "a", "Value": "1"}]
