"""MFA codes at STS: what proves a device, what a session made with one says, and codes that are replayed or guessed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison.services.iam.mfa_codes import code_of, step_at
from garrison.services.sts.sessions import open_token

ACCOUNT = "123456789012"
NOT_THEIRS = (
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user.",
)
WRONG = ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
    }
)
Refused = Callable[..., tuple[str, str]]


class Phone:
    """Alice's authenticator app."""

    def __init__(self, api: Any) -> None:
        api.iam.create_user(UserName="alice")
        made = api.iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
        self.api, self.serial_number, self.off = api, made["SerialNumber"], 0
        self.seed = base64.b32decode(made["Base32StringSeed"])
        one, two = self.code(-1), self.code()
        api.iam.enable_mfa_device(
            UserName="alice", SerialNumber=self.serial_number, AuthenticationCode1=one, AuthenticationCode2=two
        )
        api.clock.advance(seconds=90)
        api.act_as_user("alice")

    def code(self, offset: int = 0) -> str:
        return code_of(self.seed, step_at(self.api.clock.now()) + self.off + offset)

    def proof(self, offset: int = 0) -> dict[str, str]:
        return {"SerialNumber": self.serial_number, "TokenCode": self.code(offset)}

    @property
    def wrong(self) -> dict[str, str]:
        near = {self.code(offset) for offset in range(-30, 31)}
        free = next(f"{number:06d}" for number in range(1000) if f"{number:06d}" not in near)
        return {"SerialNumber": self.serial_number, "TokenCode": free}


@pytest.fixture
def phone(api: Any) -> Phone:
    """The device of the user alice, who makes the calls that follow."""
    return Phone(api)


def session_of(api: Any, answer: dict[str, Any]) -> Any:
    made = answer["Credentials"]
    opened = open_token(api.parts.root_key, made["AccessKeyId"], made["SessionToken"], api.clock.now())
    return opened.principal.session


def test_a_session_made_with_a_code_says_so(api: Any, phone: Phone) -> None:
    session = session_of(api, api.sts.get_session_token(**phone.proof()))
    assert session.mfa_at == api.clock.now()


def test_a_session_made_without_a_code_says_so(api: Any, phone: Phone) -> None:
    assert session_of(api, api.sts.get_session_token()).mfa_at is None


def test_a_role_assumed_with_a_code_says_so(api: Any, phone: Phone) -> None:
    role = _role(api)
    answer = api.sts.assume_role(RoleArn=role, RoleSessionName="session", **phone.proof())
    assert session_of(api, answer).mfa_at == api.clock.now()
    assert session_of(api, api.sts.assume_role(RoleArn=role, RoleSessionName="session")).mfa_at is None


@pytest.mark.parametrize(("offset", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_off(api: Any, phone: Phone, refused: Refused, offset: int, accepted: bool) -> None:
    if accepted:
        assert api.sts.get_session_token(**phone.proof(offset))
    else:
        assert refused(api.sts.get_session_token, **phone.proof(offset)) == WRONG


def test_a_code_is_good_once(api: Any, phone: Phone, refused: Refused) -> None:
    api.sts.get_session_token(**phone.proof())
    assert refused(api.sts.get_session_token, **phone.proof()) == WRONG
    assert refused(api.sts.assume_role, RoleArn=_role(api), RoleSessionName="session", **phone.proof()) == WRONG
    assert refused(api.sts.get_session_token, **phone.proof(-1)) == WRONG
    api.clock.advance(seconds=2)
    api.sts.get_session_token(**phone.proof(1))


def test_the_codes_that_enabled_a_device_are_spent(api: Any, refused: Refused) -> None:
    phone = Phone(api)
    api.clock.advance(seconds=-90)
    assert refused(api.sts.get_session_token, **phone.proof()) == WRONG


def test_a_resynchronised_device_is_accepted_by_its_own_clock(api: Any, phone: Phone, refused: Refused) -> None:
    phone.off = -12
    assert refused(api.sts.get_session_token, **phone.proof()) == WRONG
    api.iam.deactivate_mfa_device(SerialNumber=phone.serial_number)
    api.clock.advance(minutes=10)
    api.iam.enable_mfa_device(
        UserName="alice",
        SerialNumber=phone.serial_number,
        AuthenticationCode1=phone.code(-1),
        AuthenticationCode2=phone.code(),
    )
    api.clock.advance(seconds=30)
    api.sts.get_session_token(**phone.proof())


def test_guessing_makes_a_device_deaf_to_its_right_code(api: Any, phone: Phone, refused: Refused) -> None:
    for _ in range(3):
        assert refused(api.sts.get_session_token, **phone.wrong) == WRONG
    assert refused(api.sts.get_session_token, **phone.proof()) == WRONG
    api.clock.advance(seconds=1.01)
    api.sts.get_session_token(**phone.proof())


def test_a_right_code_forgives_the_wrong_ones_before(api: Any, phone: Phone, refused: Refused) -> None:
    for _ in range(4):
        for _ in range(2):
            assert refused(api.sts.get_session_token, **phone.wrong) == WRONG
        api.clock.advance(seconds=30)
        api.sts.get_session_token(**phone.proof())


def test_a_thousand_guesses_in_a_minute_are_hardly_looked_at(api: Any, phone: Phone, refused: Refused) -> None:
    looked_at = 0
    for guess in range(100):
        before = _attempts(api)
        assert refused(api.sts.get_session_token, **phone.wrong | {"TokenCode": f"{guess:06d}"}) == WRONG
        looked_at += _attempts(api) != before
        api.clock.advance(seconds=0.6)
    assert looked_at < 10


@pytest.mark.parametrize(
    "serial_number", [f"arn:aws:iam::{ACCOUNT}:mfa/bob", f"arn:aws:iam::{ACCOUNT}:mfa/no", "GAHT12345678"]
)
def test_a_device_of_another_is_refused_as_one_that_is_not_there(
    api: Any, phone: Phone, refused: Refused, serial_number: str
) -> None:
    api.iam.create_virtual_mfa_device(VirtualMFADeviceName="bob")
    assert refused(api.sts.get_session_token, SerialNumber=serial_number, TokenCode=phone.code()) == NOT_THEIRS


def test_serial_number_and_code_belong_together(api: Any, phone: Phone, refused: Refused) -> None:
    expected = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
    for half in ({"SerialNumber": phone.serial_number}, {"TokenCode": phone.code()}):
        assert refused(api.sts.get_session_token, **half) == ("AccessDenied", expected)


def test_a_role_session_proves_no_users_device(api: Any, phone: Phone, refused: Refused) -> None:
    role = _role(api)
    api.act_as_role("builder")
    assert refused(api.sts.assume_role, RoleArn=role, RoleSessionName="session", **phone.proof()) == NOT_THEIRS


def test_a_role_assumed_by_a_session_with_mfa_inherits_it(api: Any, phone: Phone) -> None:
    made = api.sts.get_session_token(**phone.proof())["Credentials"]
    proved_at = api.clock.now()
    opened = open_token(api.parts.root_key, made["AccessKeyId"], made["SessionToken"], proved_at)
    api.act_as(opened.principal)
    api.clock.advance(minutes=5)
    answer = api.sts.assume_role(RoleArn=_role(api), RoleSessionName="session")
    assert session_of(api, answer).mfa_at == proved_at


def _role(api: Any) -> str:
    caller = api.principal
    arn: str = api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    api.act_as(caller)
    return arn


def _attempts(api: Any) -> list[bytes]:
    with api.store.reading(ACCOUNT, "global") as unit:
        return [entry.value for entry in unit.state_page("mfa")]
