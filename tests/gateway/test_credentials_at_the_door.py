"""Wrong, old, borrowed and missing credentials, each answered in the words of the protocol that was spoken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from garrison.testing import Account, Principal, allow
from garrison.testing.clients import Credentials

from .raw import CLOUDTRAIL, FORM, JSON, LIST_USERS, Door

Refused = Callable[..., tuple[str, str, int]]
NOBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
UNKNOWN_TOKEN = "The security token included in the request is invalid."
MISMATCH = "The request signature we calculated does not match the signature you provided."


@pytest.fixture(scope="module")
def carol(account: Account) -> Principal:
    return account.user("carol", [allow("iam:*", "cloudtrail:*")])


def answers(account: Account, credentials: Credentials | None, refused: Refused) -> list[tuple[str, str, int]]:
    """What IAM (query) and CloudTrail (JSON) say to these credentials."""
    return [
        refused(account.make_client("iam", credentials).list_users),
        refused(account.make_client("cloudtrail", credentials).describe_trails),
    ]


def test_an_unknown_key(account: Account, refused: Refused) -> None:
    assert answers(account, NOBODY, refused) == [
        ("InvalidClientTokenId", UNKNOWN_TOKEN, 403),
        ("UnrecognizedClientException", UNKNOWN_TOKEN, 400),
    ]


def test_a_wrong_secret_is_answered_with_the_canonical_string(
    account: Account, carol: Principal, refused: Refused
) -> None:
    wrong = carol.credentials._replace(secret_access_key="x" * 40)
    (query, said, status), (json, also_said, json_status) = answers(account, wrong, refused)
    assert (query, status, json, json_status) == ("SignatureDoesNotMatch", 403, "InvalidSignatureException", 400)
    for message in (said, also_said):
        assert message.startswith(MISMATCH)
    assert "The Canonical String for this request should have been" in also_said
    assert "The String-to-Sign should have been" in also_said


def test_no_credentials_at_all(account: Account, refused: Refused) -> None:
    assert [(code, status) for code, _, status in answers(account, None, refused)] == [
        ("MissingAuthenticationToken", 403),
        ("MissingAuthenticationTokenException", 400),
    ]


def test_an_inactive_key_is_refused_at_once_and_works_again_when_active(account: Account, refused: Refused) -> None:
    dan = account.user("dan", ["ReadOnlyAccess"])
    dan.client("iam").list_users()
    key = {"UserName": "dan", "AccessKeyId": dan.credentials.access_key_id}
    account.client("iam").update_access_key(**key, Status="Inactive")
    assert [code for code, _, _ in answers(account, dan.credentials, refused)] == [
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    ]
    account.client("iam").update_access_key(**key, Status="Active")
    dan.client("iam").list_users()
    account.client("iam").delete_access_key(**key)
    assert refused(dan.client("iam").list_users)[0] == "InvalidClientTokenId"


def test_a_sessions_key_needs_its_own_token(account: Account, carol: Principal, refused: Refused) -> None:
    session = carol.session()
    session.client("cloudtrail").describe_trails()
    bare = session.credentials._replace(session_token=None)
    assert [code for code, _, _ in answers(account, bare, refused)] == [
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    ]
    other = carol.session().credentials.session_token
    for token in (other, "x", "FwoGZXIvYXdzE" * 20):
        borrowed = session.credentials._replace(session_token=token)
        assert [code for code, _, _ in answers(account, borrowed, refused)] == [
            "InvalidClientTokenId",
            "UnrecognizedClientException",
        ]


def test_a_token_with_a_long_term_key_is_refused(account: Account, carol: Principal, refused: Refused) -> None:
    mixed = carol.credentials._replace(session_token=carol.session().credentials.session_token)
    assert [code for code, _, _ in answers(account, mixed, refused)] == [
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    ]


def test_an_expired_session(garrison: Account, refused: Refused) -> None:
    session = garrison.role("brief", ["ReadOnlyAccess"]).assume(DurationSeconds=900)
    garrison.clock.shift(timedelta(minutes=15, seconds=1))
    assert [(code, status) for code, _, status in answers(garrison, session.credentials, refused)] == [
        ("ExpiredToken", 403),
        ("ExpiredTokenException", 400),
    ]


@pytest.mark.parametrize(("minutes", "words"), [(16, "Signature expired: "), (-16, "Signature not yet current: ")])
def test_a_clock_that_is_more_than_15_minutes_off(garrison: Account, minutes: int, words: str) -> None:
    door = Door(garrison)
    assert door.ask().status == door.json("DescribeTrails").status == 200
    garrison.clock.shift(timedelta(minutes=minutes))
    query, json = door.ask(), door.json("DescribeTrails")
    assert (query.status, query.code) == (403, "SignatureDoesNotMatch")
    assert (json.status, json.code) == (400, "InvalidSignatureException")
    assert query.message.startswith(words) and json.message.startswith(words)
    assert "15 min" in query.message


def test_14_minutes_off_are_accepted(garrison: Account) -> None:
    for minutes in (14, -28):
        garrison.clock.shift(timedelta(minutes=minutes))
        assert Door(garrison).ask().status == 200


def test_a_replayed_request_is_refused_once_its_signature_is_old(garrison: Account) -> None:
    door = Door(garrison)
    headers = door.sign("POST", "/", LIST_USERS, {"Host": door.host, "Content-Type": FORM}, "iam")
    assert door.ask(LIST_USERS, headers=headers, sign=None).status == 200
    garrison.clock.shift(timedelta(minutes=20))
    assert door.ask(LIST_USERS, headers=headers, sign=None).code == "SignatureDoesNotMatch"


def test_a_presigned_identity_lives_as_long_as_it_says(garrison: Account) -> None:
    url = garrison.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urlopen(url) as answer:
        assert garrison.administrator.arn.encode() in answer.read()
    for wrong in (url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), url[:-1] + ("0" if url[-1] != "0" else "1")):
        with pytest.raises(HTTPError, match="403"):
            urlopen(wrong)
    garrison.clock.shift(timedelta(seconds=61))
    with pytest.raises(HTTPError, match="403"):
        urlopen(url)


def test_a_presigned_identity_of_a_session_carries_its_token(account: Account) -> None:
    session = account.role("presigner").assume()
    url = session.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert "X-Amz-Security-Token=" in url
    with urlopen(url) as answer:
        assert session.arn.encode() in answer.read()


def test_a_signature_for_another_service_does_not_open_this_one(door: Door) -> None:
    headers = {"X-Amz-Target": f"{CLOUDTRAIL}.DescribeTrails", "Content-Type": JSON}
    answer = door.ask(b"{}", headers=headers, sign="monitoring")
    assert answer.code in ("UnknownOperationException", "InvalidSignatureException")
    assert door.ask(LIST_USERS, sign="sts").code == "InvalidAction"


def test_a_signature_for_a_region_that_there_is_not(door: Door) -> None:
    query, json = door.ask(region="nowhere"), door.json("DescribeTrails", region="nowhere")
    assert (query.code, json.code) == ("SignatureDoesNotMatch", "InvalidSignatureException")
    for answer in (query, json):
        assert "Credential should be scoped to a valid region, not 'nowhere'." in answer.message


def test_a_body_other_than_the_signed_one(door: Door) -> None:
    form = {"Host": door.host, "Content-Type": FORM}
    headers = door.sign("POST", "/", LIST_USERS, form, "iam")
    changed = LIST_USERS.replace(b"ListUsers", b"ListRoles")
    assert door.ask(changed, headers=headers, sign=None).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("authorization", "fault"),
    [
        ("AWS4-HMAC-SHA256", "requires 'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00", "requires existence of either"),
        ("AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=00", "Unsupported AWS 'algorithm'"),
        ("AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl", "Unsupported AWS 'algorithm'"),
        ("Basic YWRtaW46YWRtaW4=", "Unsupported AWS 'algorithm'"),
        ("Bearer eyJhbGciOiJub25lIn0.e30.", "Unsupported AWS 'algorithm'"),
        ("\xe9\xff", "Unsupported AWS 'algorithm'"),
        ("", ""),
    ],
)
def test_an_authorization_header_of_another_kind(door: Door, authorization: str, fault: str) -> None:
    query = door.ask(headers={"Authorization": authorization}, sign=None)
    json = door.json("DescribeTrails", headers={"Authorization": authorization}, sign=None)
    assert query.code.removesuffix("Exception") == json.code.removesuffix("Exception")
    assert query.code in ("IncompleteSignature", "MissingAuthenticationToken")
    assert fault in query.message and fault in json.message


def test_a_signed_header_that_came_otherwise_is_a_mismatch(door: Door) -> None:
    form = {"Host": door.host, "Content-Type": FORM, "X-Amz-Meta": "one"}
    headers = door.sign("POST", "/", LIST_USERS, form, "iam")
    assert door.ask(LIST_USERS, headers=headers, sign=None).status == 200
    assert door.ask(LIST_USERS, headers=headers | {"X-Amz-Meta": "two"}, sign=None).code == "SignatureDoesNotMatch"


def test_an_unverified_call_is_in_nobodys_records(account: Account, refused: Refused) -> None:
    before = account.position()
    answers(account, NOBODY, refused)
    answers(account, None, refused)
    assert account.events(since=before) == []


@pytest.mark.parametrize("reader", ["get", "list"])
def test_what_is_not_allowed_is_refused_by_both_protocols(account: Account, refused: Refused, reader: str) -> None:
    nobody = account.user(f"may-nothing-{reader}")
    iam, trail = nobody.client("iam"), nobody.client("cloudtrail")
    query = refused(iam.list_users) if reader == "list" else refused(iam.get_user, UserName="carol")
    json = refused(trail.list_trails) if reader == "list" else refused(trail.get_trail, Name="main")
    assert (query[0], query[2]) == ("AccessDenied", 403)
    assert (json[0], json[2]) == ("AccessDeniedException", 400)
    for name in ("ListUsers", "ListTrails") if reader == "list" else ("GetUser", "GetTrail"):
        event = account.assert_denied(name, nobody, by="identity").record
        assert event["errorCode"] == "AccessDenied"
        assert nobody.arn in event["errorMessage"]
