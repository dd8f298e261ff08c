"""CreateSession: who holds the key of a certificate that a trust anchor vouches for gets what profile and role allow, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from garrison.testing import Account, allow
from garrison.testing.clients import Credentials
from garrison.testing.policies import document

from .authority import Answer, Authority, Issued, create_session, name_of, usage

ANYWHERE = "rolesanywhere.amazonaws.com"
Ask = Callable[..., Answer]


def trusting(when: dict[str, Any] | None = None, *actions: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": ANYWHERE},
        "Action": list(actions or ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")),
    }
    return statement | ({"Condition": when} if when else {})


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    return garrison_module


@pytest.fixture(scope="module")
def authority(account: Account) -> Authority:
    return Authority(account.clock.now())


@pytest.fixture(scope="module")
def anchor(account: Account, authority: Authority) -> str:
    return new_anchor(account, authority)


def new_anchor(account: Account, authority: Authority, enabled: bool = True) -> str:
    source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": authority.pem}}
    made = account.client("rolesanywhere").create_trust_anchor(name="own", source=source, enabled=enabled)
    return str(made["trustAnchor"]["trustAnchorArn"])


def new_profile(account: Account, *roles: str, **parameters: Any) -> str:
    asked = {"name": "p", "roleArns": list(roles), "enabled": True} | parameters
    return str(account.client("rolesanywhere").create_profile(**asked)["profile"]["profileArn"])


@pytest.fixture(scope="module")
def role(account: Account) -> str:
    return account.role("host", [allow("iam:ListUsers", "iam:ListRoles")], trust=trusting()).arn


@pytest.fixture(scope="module")
def profile(account: Account, role: str) -> str:
    return new_profile(account, role)


@pytest.fixture(scope="module")
def ask(account: Account, anchor: str, profile: str, role: str) -> Ask:
    def call(issued: Issued, **parameters: Any) -> Answer:
        asked = {"trustAnchorArn": anchor, "profileArn": profile, "roleArn": role} | parameters
        return create_session(account.endpoint, issued, asked.pop("at", account.clock.now()), **asked)

    return call


def session_of(account: Account, answer: Answer) -> Any:
    made = answer["credentialSet"][0]["credentials"]
    return Credentials(made["accessKeyId"], made["secretAccessKey"], made["sessionToken"])


def test_the_holder_of_a_certificates_key_gets_the_role(
    account: Account, authority: Authority, ask: Ask, role: str, anchor: str
) -> None:
    since = account.position()
    names = x509.SubjectAlternativeName([x509.DNSName("host-1.example.com")])
    host = authority.issue(extensions=((names, False),))
    answer = ask(host)
    assert answer.status == 201, answer
    made = answer["credentialSet"][0]
    serial = f"{host.certificate.serial_number:02x}"
    assert made["roleArn"] == role
    assert made["assumedRoleUser"]["arn"] == f"arn:aws:sts::{account.account_id}:assumed-role/host/{serial}"
    assert made["sourceIdentity"] == "CN=host-1"
    caller = account.make_client("sts", session_of(account, answer)).get_caller_identity()
    assert caller["Arn"] == made["assumedRoleUser"]["arn"]

    [event] = account.events("CreateSession", since=since)
    assert event["eventSource"] == ANYWHERE
    assert event["userIdentity"] == {"type": "AWSService", "invokedBy": ANYWHERE}
    assert event["requestParameters"]["trustAnchorArn"] == anchor
    assert {"ARN": role, "accountId": account.account_id, "type": "AWS::IAM::Role"} in event["resources"]
    assert event["sourceIPAddress"] == "127.0.0.1"
    secret = made["credentials"]["secretAccessKey"]
    assert secret not in str(event)
    assert made["credentials"]["sessionToken"] not in str(event)
    [decided] = account.decisions("CreateSession", since=since)
    assert decided.is_allowed

    [subject] = account.client("rolesanywhere").list_subjects()["subjects"]
    assert subject["subjectArn"] == answer["subjectArn"]
    seen = account.client("rolesanywhere").get_subject(subjectId=subject["subjectId"])["subject"]
    assert seen["credentials"][0]["serialNumber"] == str(host.certificate.serial_number)


def test_parameters_may_stand_in_the_query(
    account: Account, authority: Authority, anchor: str, profile: str, role: str
) -> None:
    from urllib.parse import urlencode

    query = "?" + urlencode({"profileArn": profile, "roleArn": role, "trustAnchorArn": anchor})
    answer = create_session(account.endpoint, authority.issue(), account.clock.now(), query=query, durationSeconds=900)
    assert answer.status == 201, answer


def test_rsa_keys_and_intermediate_authorities_are_taken(account: Account, authority: Authority, ask: Ask) -> None:
    between = Authority(account.clock.now(), "Intermediate", authority)
    key = rsa.generate_private_key(65537, 2048)
    host = between.issue(key=key, chain=(between.certificate,))
    assert ask(host).status == 201
    assert ask(Issued(host.certificate, key)).status == 403, "the way to the authority is missing"


def test_certificates_that_nobody_vouches_for_open_nothing(account: Account, authority: Authority, ask: Ask) -> None:
    at = account.clock.now()
    stranger = Authority(at)  # of the same name
    weak = authority.issue(key=rsa.generate_private_key(65537, 1024))
    hostile = {
        "of another authority": stranger.issue(),
        "of another authority, with the real one as its chain": stranger.issue(chain=(authority.certificate,)),
        "expired": authority.issue(begins=timedelta(days=-3), ends=timedelta(days=-1)),
        "not yet valid": authority.issue(begins=timedelta(hours=5), ends=timedelta(days=1)),
        "of an authority": authority.issue(is_authority=True),
        "not for signatures": authority.issue(key_usage=usage(key_encipherment=True)),
        "with a critical extension that is not known": authority.issue(
            extensions=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),)
        ),
        "with a weak key": weak,
        "issued by a host": Issued(*_issued_by_host(authority)),
    }
    for what, issued in hostile.items():
        answer = ask(issued)
        assert answer.status == 403, f"{what}: {answer}"
        assert "credentialSet" not in answer


def _issued_by_host(authority: Authority) -> tuple[x509.Certificate, Any, tuple[x509.Certificate, ...]]:
    host = authority.issue(name_of(CN="host"))
    forged = Authority.__new__(Authority)
    forged.certificate, forged.key, forged.chain = host.certificate, host.key, ()
    forged._at = host.certificate.not_valid_before_utc
    made = forged.issue(name_of(CN="root"))
    return made.certificate, made.key, (host.certificate,)


def test_signatures_that_do_not_hold_open_nothing(account: Account, authority: Authority, ask: Ask) -> None:
    host, other = authority.issue(), authority.issue()
    at = account.clock.now()
    assert ask(host, signer=other).status == 403
    assert ask(host, at=at - timedelta(minutes=20)).status == 403
    assert ask(host, service="access-analyzer").status == 404
    assert ask(host, region="eu-west-1").status == 404
    twice = ask(host, headers={"X-Amz-X509": "bm9uZQ=="})
    assert twice.status in (400, 403)


def test_a_certificate_opens_no_other_operation(account: Account, authority: Authority) -> None:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{account.endpoint}/profiles",
        headers={
            "Authorization": "AWS4-X509-ECDSA-SHA256 Credential=1/20260101/us-east-1/rolesanywhere/aws4_request, "
            "SignedHeaders=host, Signature=00",
            "X-Amz-Date": "20260101T000000Z",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    assert caught.value.code == 403


def test_trust_policies_decide_by_the_certificates_names_and_the_anchor(
    account: Account, authority: Authority, ask: Ask, anchor: str
) -> None:
    conditions = {
        "web": {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "web"}},
        "db": {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "db"}},
        "here": {"ArnEquals": {"aws:SourceArn": anchor}},
        "there": {"ArnEquals": {"aws:SourceArn": f"{anchor}x"}},
        "me": {"StringEquals": {"sts:SourceIdentity": "CN=host-1", "aws:SourceAccount": account.account_id}},
    }
    roles = {name: account.role(f"by-{name}", trust=trusting(when)).arn for name, when in conditions.items()}
    profile = new_profile(account, *roles.values())
    host = authority.issue()
    got = {name: ask(host, profileArn=profile, roleArn=arn).status for name, arn in roles.items()}
    assert got == {"web": 201, "db": 403, "here": 201, "there": 403, "me": 201}


def test_the_service_must_be_let_in_tag_and_name_the_session(account: Account, authority: Authority, ask: Ask) -> None:
    untrusting = account.role("untrusting").arn
    untagged = account.role("untagged", trust=trusting(None, "sts:AssumeRole", "sts:SetSourceIdentity")).arn
    unnamed = account.role("unnamed", trust=trusting(None, "sts:AssumeRole", "sts:TagSession")).arn
    profile = new_profile(account, untrusting, untagged, unnamed)
    for arn in (untrusting, untagged, unnamed):
        answer = ask(authority.issue(), profileArn=profile, roleArn=arn)
        assert answer.status == 403
        assert answer["message"]


def test_the_profile_limits_its_sessions(account: Account, authority: Authority, ask: Ask, role: str) -> None:
    host = authority.issue()
    limited = new_profile(
        account,
        role,
        durationSeconds=1200,
        sessionPolicy=document(allow("iam:ListUsers")),
        acceptRoleSessionName=True,
    )
    answer = ask(host, profileArn=limited, durationSeconds=3000, roleSessionName="named")
    made = answer["credentialSet"][0]
    assert made["assumedRoleUser"]["arn"].endswith("/host/named")
    assert made["packedPolicySize"] > 0
    iam = account.make_client("iam", session_of(account, answer))
    assert iam.list_users()["Users"]
    with pytest.raises(iam.exceptions.ClientError, match="AccessDenied"):
        iam.list_roles()
    account.clock.shift(timedelta(minutes=21))
    with pytest.raises(iam.exceptions.ClientError, match="ExpiredToken"):
        iam.list_users()
    assert ask(host, roleSessionName="named").status == 403, "the other profile does not take names"
    other = account.role("other-host", trust=trusting()).arn
    assert ask(host, roleArn=other).status == 403, "a role that the profile does not have"


def test_a_revoked_certificate_opens_nothing(account: Account, authority: Authority, ask: Ask, anchor: str) -> None:
    anywhere = account.client("rolesanywhere")
    lost, kept = authority.issue(), authority.issue()
    assert ask(lost).status == 201
    crl = anywhere.import_crl(name="lost", crlData=authority.crl(lost), trustAnchorArn=anchor, enabled=True)["crl"]
    assert (ask(lost).status, ask(kept).status) == (403, 201)
    anywhere.disable_crl(crlId=crl["crlId"])
    assert ask(lost).status == 201
    anywhere.enable_crl(crlId=crl["crlId"])
    anywhere.update_crl(crlId=crl["crlId"], crlData=authority.crl())
    assert ask(lost).status == 201
    assert anywhere.get_crl(crlId=crl["crlId"])["crl"]["trustAnchorArn"] == anchor
    with pytest.raises(anywhere.exceptions.ValidationException, match="not signed by the trust anchor"):
        anywhere.update_crl(crlId=crl["crlId"], crlData=Authority(account.clock.now()).crl(kept))
    assert len(anywhere.list_crls()["crls"]) == 1
    anywhere.delete_crl(crlId=crl["crlId"])
    assert not anywhere.list_crls()["crls"]


def test_what_is_disabled_or_gone_opens_nothing(account: Account, authority: Authority, ask: Ask, role: str) -> None:
    anywhere, host = account.client("rolesanywhere"), authority.issue()
    anchor, profile = new_anchor(account, authority, enabled=False), new_profile(account, role, enabled=False)
    identifier, profile_id = anchor.rpartition("/")[2], profile.rpartition("/")[2]
    assert ask(host, trustAnchorArn=anchor).status == 403
    anywhere.enable_trust_anchor(trustAnchorId=identifier)
    assert ask(host, trustAnchorArn=anchor).status == 201
    assert ask(host, trustAnchorArn=anchor, profileArn=profile).status == 403
    anywhere.enable_profile(profileId=profile_id)
    assert ask(host, trustAnchorArn=anchor, profileArn=profile).status == 201
    anywhere.disable_profile(profileId=profile_id)
    assert ask(host, trustAnchorArn=anchor, profileArn=profile).status == 403
    anywhere.delete_profile(profileId=profile_id)
    assert ask(host, trustAnchorArn=anchor, profileArn=profile).status == 404
    anywhere.disable_trust_anchor(trustAnchorId=identifier)
    assert ask(host, trustAnchorArn=anchor).status == 403
    anywhere.delete_trust_anchor(trustAnchorId=identifier)
    assert ask(host, trustAnchorArn=anchor).status == 404


def test_bad_parameters_are_refused(ask: Ask, authority: Authority) -> None:
    host = authority.issue()
    for bad in (
        {"durationSeconds": 1},
        {"durationSeconds": "long"},
        {"trustAnchorArn": "arn:aws:iam::1:role/x"},
        {"roleSessionName": "a b"},
        {"profileArn": ""},
        {"roleArn": None},
    ):
        assert ask(host, **bad).status in (400, 403), bad
    assert ask(host, trustAnchorArn="arn:aws:rolesanywhere:us-east-1:999999999999:trust-anchor/x").status == 404


def test_what_is_no_authority_is_no_trust_anchor(account: Account) -> None:
    authority = Authority(account.clock.now())
    anywhere = account.client("rolesanywhere")
    host = authority.issue()
    for pem in ("no certificate", host.pem, authority.pem * 3):
        source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": pem}}
        with pytest.raises(anywhere.exceptions.ValidationException):
            anywhere.create_trust_anchor(name="bad", source=source)
