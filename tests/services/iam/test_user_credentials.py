"""SSH public keys, signing certificates and credentials for single services, through a client."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.services.iam.certificates import EC_KEY, certificate

RSA_KEY = rsa.generate_private_key(65537, 2048)
SSH_BODY = RSA_KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
PEM_BODY = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def refused(call: Any, **parameters: Any) -> str:
    """The code of the error that a call gets."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    code: str = caught.value.response["Error"]["Code"]
    return code


@pytest.fixture(autouse=True)
def users(api: Any) -> None:
    """Two users."""
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)


def test_an_ssh_key_is_shown_in_both_encodings_with_its_fingerprint(api: Any) -> None:
    made = api.iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=f"{SSH_BODY} alice@laptop")["SSHPublicKey"]
    assert made["SSHPublicKeyId"].startswith("APKA")
    assert made["Status"] == "Active"
    assert len(made["Fingerprint"].split(":")) == 16
    named = {"UserName": "alice", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    as_ssh = api.iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"]
    as_pem = api.iam.get_ssh_public_key(**named, Encoding="PEM")["SSHPublicKey"]
    assert (as_ssh["SSHPublicKeyBody"], as_pem["SSHPublicKeyBody"]) == (SSH_BODY, PEM_BODY)
    assert as_pem["Fingerprint"] == made["Fingerprint"]
    assert (
        refused(api.iam.upload_ssh_public_key, UserName="alice", SSHPublicKeyBody=PEM_BODY) == "DuplicateSSHPublicKey"
    )


def test_ssh_keys_are_switched_off_listed_and_deleted_by_their_user_alone(api: Any) -> None:
    made = api.iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=PEM_BODY)["SSHPublicKey"]
    named = {"UserName": "alice", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    api.iam.update_ssh_public_key(**named, Status="Inactive")
    (listed,) = api.iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"]
    assert listed["Status"] == "Inactive"
    of_bob = named | {"UserName": "bob"}
    assert refused(api.iam.get_ssh_public_key, **of_bob, Encoding="SSH") == "NoSuchEntity"
    assert refused(api.iam.delete_ssh_public_key, **of_bob) == "NoSuchEntity"
    assert refused(api.iam.update_ssh_public_key, **named, Status="Expired") == "InvalidInput"
    api.iam.delete_ssh_public_key(**named)
    assert api.iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("nonsense", "UnrecognizedPublicKeyEncoding"),
        ("ssh-rsa AAAA", "InvalidPublicKey"),
        ("ssh-rsa %%%", "InvalidPublicKey"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "InvalidPublicKey"),
        (
            EC_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "InvalidPublicKey",
        ),
        (
            rsa.generate_private_key(65537, 1024)
            .public_key()
            .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
            .decode(),
            "InvalidPublicKey",
        ),
    ],
)
def test_what_is_no_rsa_key_is_refused(api: Any, body: str, code: str) -> None:
    assert refused(api.iam.upload_ssh_public_key, UserName="alice", SSHPublicKeyBody=body) == code


def test_a_signing_certificate_is_kept_switched_off_and_deleted(api: Any) -> None:
    body = certificate()
    made = api.iam.upload_signing_certificate(UserName="alice", CertificateBody=body)["Certificate"]
    assert (made["Status"], made["CertificateBody"]) == ("Active", body.strip())
    assert len(made["CertificateId"]) == 32
    named = {"UserName": "alice", "CertificateId": made["CertificateId"]}
    api.iam.update_signing_certificate(**named, Status="Inactive")
    (listed,) = api.iam.list_signing_certificates(UserName="alice")["Certificates"]
    assert listed["Status"] == "Inactive"
    assert refused(api.iam.delete_signing_certificate, **(named | {"UserName": "bob"})) == "NoSuchEntity"
    api.iam.delete_signing_certificate(**named)
    assert api.iam.list_signing_certificates(UserName="alice")["Certificates"] == []


def test_signing_certificates_must_be_good_new_and_no_more_than_two(api: Any) -> None:
    upload, body = api.iam.upload_signing_certificate, certificate()
    assert refused(upload, UserName="alice", CertificateBody="nonsense") == "MalformedCertificate"
    assert refused(upload, UserName="alice", CertificateBody=certificate(days=-1)) == "InvalidCertificate"
    upload(UserName="alice", CertificateBody=body)
    assert refused(upload, UserName="alice", CertificateBody=body) == "DuplicateCertificate"
    upload(UserName="alice", CertificateBody=certificate("b"))
    assert refused(upload, UserName="alice", CertificateBody=certificate("c")) == "LimitExceeded"


def test_a_service_credential_shows_its_password_once(api: Any) -> None:
    create = api.iam.create_service_specific_credential
    made = create(UserName="alice", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]
    assert made["ServiceUserName"] == "alice-at-123456789012"
    assert len(made["ServicePassword"]) == 40
    (listed,) = api.iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"]
    assert "ServicePassword" not in listed
    second = create(UserName="alice", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]
    assert second["ServiceUserName"] == "alice+1-at-123456789012"
    assert refused(create, UserName="alice", ServiceName="codecommit.amazonaws.com") == "LimitExceeded"
    create(UserName="alice", ServiceName="cassandra.amazonaws.com")
    assert refused(create, UserName="alice", ServiceName="s3.amazonaws.com") == "NotSupportedService"


def test_a_service_credential_is_reset_switched_off_and_deleted(api: Any) -> None:
    made = api.iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    made = made["ServiceSpecificCredential"]
    named = {"UserName": "alice", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    renewed = api.iam.reset_service_specific_credential(**named)["ServiceSpecificCredential"]
    assert renewed["ServicePassword"] != made["ServicePassword"]
    api.iam.update_service_specific_credential(**named, Status="Inactive")
    (listed,) = api.iam.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    assert (listed["UserName"], listed["Status"]) == ("alice", "Inactive")
    of_bob = named | {"UserName": "bob"}
    assert refused(api.iam.reset_service_specific_credential, **of_bob) == "NoSuchEntity"
    api.iam.delete_service_specific_credential(**named)
    assert refused(api.iam.delete_service_specific_credential, **named) == "NoSuchEntity"


def test_an_api_key_ends_when_it_was_said_to(api: Any) -> None:
    create, bedrock = api.iam.create_service_specific_credential, "bedrock.amazonaws.com"
    made = create(UserName="alice", ServiceName=bedrock, CredentialAgeDays=2)["ServiceSpecificCredential"]
    assert (made["Status"], "ServicePassword" in made) == ("Active", False)
    assert made["ServiceCredentialSecret"]
    assert api.asked.context["iam:ServiceSpecificCredentialAgeDays"] == 2
    api.clock.advance(days=2)
    (listed,) = api.iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"]
    assert listed["Status"] == "Expired"
    code = refused(create, UserName="bob", ServiceName="codecommit.amazonaws.com", CredentialAgeDays=2)
    assert code == "ValidationError"


def test_a_user_is_deleted_only_without_such_credentials(api: Any) -> None:
    key = api.iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=SSH_BODY)["SSHPublicKey"]
    assert refused(api.iam.delete_user, UserName="alice") == "DeleteConflict"
    api.iam.delete_ssh_public_key(UserName="alice", SSHPublicKeyId=key["SSHPublicKeyId"])
    made = api.iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate())["Certificate"]
    assert refused(api.iam.delete_user, UserName="alice") == "DeleteConflict"
    api.iam.delete_signing_certificate(UserName="alice", CertificateId=made["CertificateId"])
    api.iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    assert refused(api.iam.delete_user, UserName="alice") == "DeleteConflict"
    api.iam.delete_user(UserName="bob")
