"""Sessions: what a token carries, and that nothing but the token as issued, with its key id, in its time, opens."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.identifiers import SESSION_KEY, access_key_id, account_of_access_key
from garrison.services.identity import Session, SessionIssuer
from garrison.services.sts.sessions import LARGEST_TOKEN, TemporaryCredentials, issue, open_token
from garrison.store import RootKey
from garrison.wire.signature import InvalidToken, SessionExpired

ACCOUNT = "123456789012"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


ROOT = RootKey.generate()


def role_session(**changes: object) -> Session:
    values: dict[str, object] = {
        "kind": "assumed-role",
        "issuer": SessionIssuer(
            type="Role",
            principal_id="AROAEXAMPLEEXAMPLEEXA",
            arn=f"arn:aws:iam::{ACCOUNT}:role/service/builder",
            account=ACCOUNT,
            user_name="builder",
        ),
        "name": "alice",
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
    }
    return Session(**{**values, **changes})  # type: ignore[arg-type]


def issued(session: Session | None = None) -> TemporaryCredentials:
    return issue(ROOT, ACCOUNT, session or role_session())


def opened(credentials: TemporaryCredentials, **changes: object):  # type: ignore[no-untyped-def]
    values = {"root_key": ROOT, "key_id": credentials.access_key_id, "token": credentials.token, "now": NOW} | changes
    return open_token(**values)  # type: ignore[arg-type]


def test_a_token_gives_back_the_secret_and_the_whole_session() -> None:
    session = role_session(
        mfa_at=NOW - timedelta(minutes=5),
        policies=('{"Version":"2012-10-17","Statement":[]}',),
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
        tags={"team": "blue", "Größe": "XL"},
        transitive_tag_keys=("team",),
        source_identity="alice@example.org",
        federated_provider="accounts.example.org",
        web_identity={"accounts.example.org:sub": "7"},
        chained=True,
    )
    credentials = issued(session)
    credential = opened(credentials)
    assert credential.principal.session == session
    assert credential.secret.reveal() == credentials.secret.reveal()
    assert credential.token == credentials.token
    assert credential.is_active


def test_the_access_key_id_begins_with_asia_and_names_the_account() -> None:
    credentials = issued()
    assert credentials.access_key_id.startswith("ASIA")
    assert account_of_access_key(credentials.access_key_id) == ACCOUNT


def test_a_role_session_is_an_assumed_role_without_the_roles_path() -> None:
    principal = opened(issued(role_session(tags={"team": "blue"}))).principal
    assert principal.kind == "AssumedRole"
    assert principal.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/builder/alice"
    assert principal.principal_id == "AROAEXAMPLEEXAMPLEEXA:alice"
    assert principal.policy_arn == f"arn:aws:iam::{ACCOUNT}:role/service/builder"
    assert principal.user_name is None
    assert principal.tags == {"team": "blue"}


@pytest.mark.parametrize(
    ("kind", "issuer_type", "expected"),
    [
        (
            "federated-user",
            "IAMUser",
            ("FederatedUser", f"arn:aws:sts::{ACCOUNT}:federated-user/bob", f"{ACCOUNT}:bob", None),
        ),
        ("session", "IAMUser", ("IAMUser", f"arn:aws:iam::{ACCOUNT}:user/carol", "AIDAEXAMPLE", "carol")),
        ("session", "Root", ("Root", f"arn:aws:iam::{ACCOUNT}:user/carol", "AIDAEXAMPLE", "carol")),
    ],
)
def test_the_session_of_a_user_is_that_user_and_a_federated_user_is_its_own(
    kind: str, issuer_type: str, expected: tuple[str, str, str, str | None]
) -> None:
    issuer = SessionIssuer(
        type=issuer_type,
        principal_id="AIDAEXAMPLE",
        arn=f"arn:aws:iam::{ACCOUNT}:user/carol",
        account=ACCOUNT,
        user_name="carol",
    )
    principal = opened(issued(role_session(kind=kind, issuer=issuer, name="bob"))).principal
    assert (principal.kind, principal.arn, principal.principal_id, principal.user_name) == expected


def test_each_changed_character_makes_the_token_invalid() -> None:
    credentials = issued()
    for place, character in enumerate(credentials.token):
        changed = credentials.token[:place] + ("B" if character != "B" else "C") + credentials.token[place + 1 :]
        with pytest.raises(InvalidToken):
            opened(credentials, token=changed)


def test_each_changed_byte_makes_the_token_invalid() -> None:
    credentials = issued()
    raw = base64.b64decode(credentials.token)
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 0x01
        with pytest.raises(InvalidToken):
            opened(credentials, token=base64.b64encode(bytes(changed)).decode())


def test_each_truncation_makes_the_token_invalid() -> None:
    credentials = issued()
    for length in range(len(credentials.token)):
        with pytest.raises(InvalidToken):
            opened(credentials, token=credentials.token[:length])


def test_a_token_opens_only_with_its_own_access_key_id() -> None:
    credentials = issued()
    for key_id in (
        issued().access_key_id,
        access_key_id("210987654321", SESSION_KEY),
        "ASIA" + "A" * 16,
        "ASIAsomething",
        "",
    ):
        with pytest.raises(InvalidToken):
            opened(credentials, key_id=key_id)


def test_a_token_of_another_root_key_is_invalid() -> None:
    with pytest.raises(InvalidToken):
        opened(issued(), root_key=RootKey.generate())


def test_a_token_opens_after_the_root_key_was_rotated_until_the_old_one_is_dropped() -> None:
    credentials = issued()
    rotated = ROOT.followed_by(RootKey.generate())
    assert opened(credentials, root_key=rotated)
    with pytest.raises(InvalidToken):
        opened(credentials, root_key=rotated.current())


def test_what_the_root_key_seals_for_other_purposes_is_no_token() -> None:
    credentials = issued()
    other = base64.b64encode(ROOT.seal(b"\x00\x90", credentials.access_key_id.encode())).decode()
    with pytest.raises(InvalidToken):
        opened(credentials, token=other)


def test_a_token_holds_until_the_second_it_expires_in() -> None:
    credentials = issued()
    end = NOW + timedelta(hours=1)
    assert opened(credentials, now=end - timedelta(seconds=1))
    for late in (end, end + timedelta(days=400)):
        with pytest.raises(SessionExpired):
            opened(credentials, now=late)


@given(st.text(max_size=400))
@settings(max_examples=200)
def test_any_other_text_is_an_invalid_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        opened(issued(), token=text)


def test_an_oversized_token_is_refused_unread() -> None:
    with pytest.raises(InvalidToken):
        opened(issued(), token="A" * (LARGEST_TOKEN + 1))


def test_a_plain_token_is_short_and_a_large_session_is_compressed() -> None:
    assert len(issued().token) < 320
    tags = {f"department-{number}": f"engineering-{number}" for number in range(50)}
    assert len(issued(role_session(tags=tags)).token) < 1200


@pytest.mark.parametrize("size", [0, 300, 1000, 1001, 1002, 1003, 4096])
def test_a_smallest_token_size_is_reached_and_the_padded_token_opens(size: int) -> None:
    credentials = issue(ROOT, ACCOUNT, role_session(), smallest_token=size)
    assert size <= len(credentials.token) <= max(size + 16, 320)
    assert opened(credentials).principal.session == role_session()


def test_neither_credentials_nor_an_opened_token_show_their_secret() -> None:
    credentials = issued()
    assert credentials.secret.reveal() not in repr(credentials)
    assert credentials.secret.reveal() not in repr(opened(credentials))
