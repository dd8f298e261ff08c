"""Session tags: checked without regard to case, and handed on along a chain of roles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garrison.errors import ApiError
from garrison.services.identity import Session, SessionIssuer
from garrison.services.sts.session_tags import session_tags

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def session(values: dict[str, str], transitive: tuple[str, ...]) -> Session:
    issuer = SessionIssuer(type="Role", principal_id="AROA", arn="arn:aws:iam::1:role/r", account="1", user_name="r")
    return Session(
        kind="assumed-role", issuer=issuer, created_at=NOW, expires_at=NOW, tags=values, transitive_tag_keys=transitive
    )


def test_passed_tags_are_the_sessions_tags() -> None:
    assert session_tags(tags(Team="blue"), (), None) == ({"Team": "blue"}, ())


def test_transitive_tags_are_handed_on_and_the_others_are_not() -> None:
    calling = session({"Team": "blue", "Desk": "7"}, ("Team",))
    assert session_tags((), (), calling) == ({"Team": "blue"}, ("Team",))
    assert session_tags(tags(Cost="9"), ("cost",), calling) == ({"Team": "blue", "Cost": "9"}, ("Team", "Cost"))


def test_a_tag_that_is_not_transitive_may_be_set_anew() -> None:
    calling = session({"Desk": "7"}, ())
    assert session_tags(tags(Desk="8"), (), calling).tags == {"Desk": "8"}


@pytest.mark.parametrize(
    ("passed", "transitive", "calling", "message"),
    [
        (
            tags(Team="a", team="b"),
            (),
            None,
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (tags(Team="a"), ("Desk",), None, "The specified transitive tag key must be included in the requested tags."),
        (
            tags(TEAM="a"),
            (),
            session({"Team": "blue"}, ("Team",)),
            "One of the specified transitive tag keys can't be set",
        ),
        ([{"Key": "AWS:team", "Value": ""}], (), None, "aws: prefixed tag key names are not allowed for external use."),
    ],
)
def test_refused_tags_are_named_in_awss_words(
    passed: list[dict[str, str]], transitive: tuple[str, ...], calling: Session | None, message: str
) -> None:
    with pytest.raises(ApiError, match="InvalidParameterValue") as caught:
        session_tags(passed, transitive, calling)
    assert caught.value.message.startswith(message)
