"""The smallest change of a decision: what it proposes, that it is small, and that it always turns the decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from garrison.policy import AuthorizationRequest, PolicyKind, Source, compile_principal, parse_document
from garrison.policy.smallest_change import Change, smallest_changes
from garrison.policy.way import Said, way_of
from garrison.policy.world import World
from tests.policy.conftest import ACCOUNT, ALICE, question
from tests.policy.test_properties import arguments, requests, worlds

GET, PUT = "s3:GetObject", "s3:PutObject"
LOG = "arn:aws:s3:::logs/a"


def allow(action: Any = GET, resource: Any = LOG, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = GET, resource: Any = LOG, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def changes(*args: Any, **kwargs: Any) -> list[Change]:
    return smallest_changes(World.of(*question(*args, **kwargs).arguments))


def smallest(*args: Any, **kwargs: Any) -> Change:
    return changes(*args, **kwargs)[0]


def added(change: Change) -> list[str]:
    """The lines that the change adds, without their indentation."""
    return [line[1:].strip() for edit in change.edits for line in edit.diff()[2:] if line.startswith("+")]


def removed(change: Change) -> list[str]:
    return [line[1:].strip() for edit in change.edits for line in edit.diff()[2:] if line.startswith("-")]


def test_a_caller_without_policies_gets_one_for_the_request_alone() -> None:
    (edit,) = smallest(identity=()).edits
    assert edit.before is None and edit.after is not None
    assert json.loads(edit.after)["Statement"] == [allow()]


def test_a_statement_for_the_resource_gets_the_action() -> None:
    change = smallest(identity=[allow([PUT]), allow(PUT, "*")])
    assert added(change) == [f'"{PUT}",', f'"{GET}"'] and removed(change) == [f'"{PUT}"']
    assert "statement 1 of identity-policy: add s3:GetObject" in change.edits[0].summary


def test_a_statement_for_the_action_gets_the_resource() -> None:
    change = smallest(identity=[allow(GET, "arn:aws:s3:::logs/b")])
    assert "add arn:aws:s3:::logs/a" in change.edits[0].summary


def test_a_broad_statement_is_not_widened_where_a_new_one_touches_nothing_else() -> None:
    change = smallest(identity=[allow([GET, PUT], "arn:aws:s3:::other/*")])
    assert change.cost[1] == 0
    assert change.edits[0].after is not None
    assert json.loads(change.edits[0].after)["Statement"][-1] == allow()


def test_a_condition_takes_the_actual_value() -> None:
    found = changes(identity=[allow(Condition={"StringEquals": {"k:team": "red"}})], context={"k:team": "blue"})
    assert any("let k:team be blue" in change.edits[0].summary for change in found)


def test_an_explicit_deny_loses_the_action_and_no_more() -> None:
    change = smallest(identity=[allow("*", "*"), deny([GET, PUT], "*")])
    assert removed(change) == [f'"{GET}",']


@pytest.mark.parametrize("ceiling", ["boundary", "session"])
def test_a_ceiling_that_only_denies_comes_to_allow_the_request(ceiling: str) -> None:
    change = smallest(identity=[allow()], **{ceiling: [deny("s3:*", "*")]})
    (edit,) = change.edits
    assert edit.after is not None and json.loads(edit.after)["Statement"] == [allow()]


def test_several_obstacles_need_several_edits() -> None:
    change = smallest(
        identity=[allow(PUT)],
        boundary=[allow(PUT)],
        session=[allow(PUT)],
        scps=[[allow("*", "*")], [allow("sqs:*", "*")]],
    )
    assert {edit.kind for edit in change.edits} == {
        PolicyKind.IDENTITY,
        PolicyKind.BOUNDARY,
        PolicyKind.SESSION,
        PolicyKind.SCP,
    }
    assert change.decision.is_allowed


def test_more_obstacles_than_are_searched_through_still_have_a_change() -> None:
    without_action = {"Effect": "Deny", "NotAction": GET, "Resource": LOG}
    change = smallest(
        PUT,
        identity=[allow()],
        session=[allow(), deny("s3:*"), without_action],
        boundary=[allow(), deny("s3:*")],
        scps=[[allow()], [allow()]],
    )
    assert len(change.edits) > 6 and change.decision.is_allowed


def test_an_organizations_deny_excepts_the_caller() -> None:
    found = changes(identity=[allow()], scps=[[allow("*", "*"), deny("s3:*", "*")]])
    assert "except arn:aws:iam::111122223333:user/alice" in found[0].edits[0].summary
    assert '"aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice"' in added(found[0])


def test_a_region_lock_lets_the_region_in() -> None:
    lock = deny("*", "*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})
    found = changes(identity=[allow()], scps=[[allow("*", "*"), lock]], context={"aws:RequestedRegion": "us-east-1"})
    assert any("let aws:RequestedRegion be us-east-1" in change.edits[0].summary for change in found)


def test_a_role_comes_to_trust_the_caller() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}}
    change = smallest("sts:AssumeRole", role, identity=[allow("sts:*", "*")], trust=[trust])
    (edit,) = change.edits
    assert edit.kind is PolicyKind.TRUST and f"trust arn:aws:iam::{ACCOUNT}:user/alice" in edit.summary


def test_another_accounts_resource_needs_a_policy_of_its_own() -> None:
    change = smallest(owner="999988887777")
    assert [edit.kind for edit in change.edits] == [PolicyKind.IDENTITY, PolicyKind.RESOURCE]
    assert change.edits[1].after is not None
    (statement,) = json.loads(change.edits[1].after)["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"}


def test_what_is_allowed_is_stopped_by_one_deny() -> None:
    change = smallest(identity=[allow("s3:*", "*")])
    assert not change.decision.is_allowed
    assert '"Effect": "Deny",' in added(change)


def test_aws_own_policies_are_left_alone() -> None:
    document = parse_document(json.dumps({"Version": "2012-10-17", "Statement": [allow("sqs:*", "*")]}))
    principal = compile_principal(ALICE, [Source(PolicyKind.IDENTITY, "arn:aws:iam::aws:policy/Queues", document)])
    for change in smallest_changes(World.of(principal, AuthorizationRequest(GET, LOG, ACCOUNT))):
        assert all(not edit.policy.startswith("arn:aws:iam::aws:") for edit in change.edits)


def test_nothing_turns_what_no_policy_here_decides() -> None:
    assert changes(who="root", owner=None) == [], "root needs no policy and holds none"


@settings(deadline=None, max_examples=60)
@given(worlds, requests)
def test_every_change_turns_the_decision(world: dict[str, Any], request: AuthorizationRequest) -> None:
    start = World.of(*arguments(world, request))
    found = smallest_changes(start)
    assert found, "a user's request can always be turned by policies that are ours"
    costs = [change.cost for change in found]
    assert costs == sorted(costs)
    for change in found:
        after = start
        for edit in change.edits:
            after = after.changed(edit)
            assert edit.diff()
        assert after.decide() == change.decision
        assert after.decide().is_allowed is not start.decide().is_allowed


@given(worlds, requests)
def test_the_way_agrees_with_the_decision(world: dict[str, Any], request: AuthorizationRequest) -> None:
    way = way_of(*arguments(world, request))
    said = {stage.kind: stage.said for stage in way.stages}
    assert (Said.DENIES in said.values()) == (way.explanation.decision.effect == "explicitDeny")
    if way.explanation.decision.is_allowed:
        assert Said.DENIES not in said.values() and Said.ALLOWS in said.values()
