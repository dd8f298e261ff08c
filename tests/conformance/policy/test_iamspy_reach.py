"""IAMSpy's who-can cases asked of `who_can` over the dumps as they are, as `garrison who-can --account FILE` asks it.

IAMSpy asks whether some request could succeed: an answer is one of its where it is allowed, or allowed with further context,
unless the case is strict.
It knows neither roots nor the assumption of roles, so that answers are compared by the first step of a principal alone.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from garrison.policy import AuthorizationRequest
from garrison.policy.account_dump import read_account
from garrison.policy.reach import Certainty, who_can

FLOORS = Path(__file__).parents[1] / "floors.toml"
POSSIBLE = (Certainty.ALLOWED, Certainty.CONDITIONAL)


def read(folder: Path, case: dict[str, Any], kind: str) -> list[Any]:
    return [json.loads((folder / "files" / name).read_text()) for name in case["files"].get(kind, [])]


def can_do(
    folder: Path,
    case: dict[str, Any],
    action: str,
    resource: str,
    conditions: list[str] | None = None,
    _file: str | None = None,
    strict: bool = False,
) -> list[str]:
    entries = [entry for entries in read(folder, case, "resources") for entry in entries]
    estate = read_account(read(folder, case, "gaads"), entries, read(folder, case, "scps"))
    context: dict[str, Any] = dict(condition.split("=", 1) for condition in conditions or [])
    found = who_can(estate, AuthorizationRequest(action, resource, None, context))
    return sorted(
        answer.principal
        for answer in found
        if answer.certainty in ((Certainty.ALLOWED,) if strict else POSSIBLE)
        and len(answer.path) == 1
        and ("user/" in answer.principal or "role/" in answer.principal)
    )


def answer_of(folder: Path, case: dict[str, Any]) -> tuple[object, object]:
    """What IAMSpy believes and what is found."""
    asked = case["inp"]
    if case["test"] == "test_can_i":
        arn, action, resource, *rest = asked
        return case["out"], arn in can_do(folder, case, action, resource, *rest)
    if case["test"] == "test_who_can":
        action, resource, *rest = asked
        return sorted(case["out"]), can_do(folder, case, action, resource, *rest)
    action, resources = asked
    pairs = [[arn, one] for one in resources for arn in can_do(folder, case, action, one)]
    return sorted(case["out"]), sorted(pairs)


def test_who_can_over_dumps_answers_as_iamspy_does(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = suites / "iam" / "iamspy"
    cases = json.loads((folder / "cases.json").read_text())["cases"]
    wrong = [(case, found) for case in cases for wanted, found in [answer_of(folder, case)] if wanted != found]
    with capsys.disabled():
        print(f"\nIAMSpy cases over dumps: {len(cases) - len(wrong)}/{len(cases)}")
    assert len(cases) - len(wrong) >= tomllib.loads(FLOORS.read_text())["policy_iamspy_reach"], wrong
