"""Generated policies allow everything that was used, stay within IAM's sizes, and mean special characters as themselves."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy.least_privilege import MOST_CHARACTERS, Use, least_policies, uncovered

ACCOUNT = "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/"
names = st.text(st.characters(codec="ascii", min_codepoint=32, exclude_characters='"\\'), min_size=1, max_size=12)
uses = st.lists(
    st.builds(
        Use,
        st.sampled_from(["s3:GetObject", "s3:PutObject", "iam:GetUser", "sqs:SendMessage"]),
        st.just("*") | names.map(lambda name: f"arn:aws:s3:::logs/{name}") | names.map(lambda name: USER + name),
    ),
    max_size=30,
)


def statements(document: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(document)["Statement"]
    return found


def test_actions_on_the_same_resources_share_a_statement() -> None:
    (document,) = least_policies(
        [
            Use("iam:GetUser", USER + "a"),
            Use("iam:TagUser", USER + "a"),
            Use("iam:ListUsers", "*"),
            Use("s3:GetObject", "*"),
        ]
    )
    assert statements(document) == [
        {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:GetUser", "iam:TagUser"], "Resource": USER + "a"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    ]


def test_nothing_used_needs_no_policy() -> None:
    assert least_policies([]) == []


def test_a_star_in_a_name_is_no_wildcard() -> None:
    used = [Use("s3:GetObject", "arn:aws:s3:::logs/a*b?$c")]
    (document,) = least_policies(used)
    assert uncovered([document], used, ACCOUNT) == []
    other = Use("s3:GetObject", "arn:aws:s3:::logs/aXXbX$c")
    assert uncovered([document], [other], ACCOUNT) == [other]


def test_many_resources_alike_are_summed_up_only_where_the_policy_would_be_too_large() -> None:
    few = [Use("iam:GetUser", f"{USER}team-{number}") for number in range(30)]
    (document,) = least_policies(few)
    assert len(statements(document)[0]["Resource"]) == 30  # type: ignore[arg-type]
    many = [Use("iam:GetUser", f"{USER}team-{number}") for number in range(3000)]
    (document,) = least_policies(many)
    assert statements(document)[0]["Resource"] == f"{USER}*"


def test_what_does_not_fit_into_one_policy_becomes_several() -> None:
    used = [Use("s3:GetObject", f"arn:aws:s3:::bucket-{number:05}-{'x' * 40}/key") for number in range(500)]
    documents = least_policies(used)
    assert len(documents) > 1
    assert all(len("".join(document.split())) <= MOST_CHARACTERS for document in documents)
    assert uncovered(documents, used, ACCOUNT) == []


@settings(deadline=None)
@given(uses)
def test_generated_policies_allow_every_use(used: list[Use]) -> None:
    assert uncovered(least_policies(used), used, ACCOUNT) == []
