"""ARNs and ids of Inspector: made, taken apart, and followed to what they name."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.arn import parse_arn
from garrison.policy.glob import compile_pattern
from garrison.services.inspector.faults import invalid, no_such
from garrison.services.inspector.resources import (
    AssessmentRun,
    AssessmentTarget,
    AssessmentTemplate,
    ResourceGroup,
    StateChange,
)

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

R = TypeVar("R", ResourceGroup, AssessmentTarget, AssessmentTemplate, AssessmentRun)

ID_ALPHABET = string.ascii_letters + string.digits
ID_CHARACTERS = 8
_ID = "0-[A-Za-z0-9]{8}"
FORMS = {
    "RESOURCE_GROUP": re.compile(f"resourcegroup/({_ID})"),
    "ASSESSMENT_TARGET": re.compile(f"target/({_ID})"),
    "ASSESSMENT_TEMPLATE": re.compile(f"target/({_ID})/template/({_ID})"),
    "ASSESSMENT_RUN": re.compile(f"target/({_ID})/template/({_ID})/run/({_ID})"),
    "FINDING": re.compile(f"target/({_ID})/template/({_ID})/run/({_ID})/finding/({_ID})"),
    "EXCLUSION": re.compile(f"target/({_ID})/template/({_ID})/run/({_ID})/exclusion/({_ID})"),
    "RULES_PACKAGE": re.compile(f"rulespackage/({_ID})"),
}
"""The resource part of ARNs by what AWS's error codes call the kind."""
_KINDS: dict[type[Any], str] = {
    ResourceGroup: "RESOURCE_GROUP",
    AssessmentTarget: "ASSESSMENT_TARGET",
    AssessmentTemplate: "ASSESSMENT_TEMPLATE",
    AssessmentRun: "ASSESSMENT_RUN",
}


def new_id() -> str:
    """An id as Inspector makes them: `0-nvgVhaxX`."""
    return "0-" + "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_CHARACTERS))


def ids_of(kind: str, text: str) -> tuple[str, ...] | None:
    """The ids in an ARN of a kind; None where it is none."""
    arn = parse_arn(text)
    if arn is None or arn.service != "inspector":
        return None
    found = FORMS[kind].fullmatch(arn.resource)
    return found.groups() if found else None


def is_here(call: Call, text: str) -> bool:
    """Whether an ARN is of the caller's account and the call's region."""
    arn = parse_arn(text)
    return arn is not None and (arn.account, arn.region) == (call.account, call.region)


def check_arn(kind: str, text: str) -> None:
    """Refuse what is no ARN of a kind."""
    if ids_of(kind, text) is None:
        raise invalid(f"INVALID_{kind}_ARN", f"{text} is not the ARN of {_article(kind)}.")


def look_up(unit: Unit, kind: type[R], text: str) -> R | None:
    """What an ARN names, in the unit's account and region."""
    ids = ids_of(_KINDS[kind], text)
    found = unit.get(kind, *ids) if ids is not None else None
    return found if found is not None and found.arn == text else None


def find(unit: Unit, kind: type[R], text: str) -> R:
    """What an ARN names; raises InvalidInputException for none, NoSuchEntityException where nothing is there."""
    check_arn(_KINDS[kind], text)
    found = look_up(unit, kind, text)
    if found is None:
        raise no_such(_KINDS[kind], text)
    return found


def name_test(pattern: str | None) -> Callable[[str], bool]:
    """Whether a name fits a filter's pattern, with `*` for anything."""
    return compile_pattern(pattern) if pattern else lambda _: True


def described(
    kind: str, arns: Sequence[str], look: Callable[[str], Any], shown: Callable[[Any], dict[str, Any]], member: str
) -> dict[str, Any]:
    """The answer of an operation that describes: what was found, and for each ARN that led to nothing, why."""
    found, failed = [], dict[str, dict[str, Any]]()
    for arn in dict.fromkeys(arns):
        one = look(arn) if ids_of(kind, arn) is not None else None
        if one is not None:
            found.append(shown(one))
        else:
            failed[arn] = failure("ITEM_DOES_NOT_EXIST" if ids_of(kind, arn) is not None else "INVALID_ARN")
    failed |= {arn: failure("DUPLICATE_ARN") for arn in arns if arns.count(arn) > 1 and arn not in failed}
    return {member: found, "failedItems": failed}


def failure(code: str) -> dict[str, Any]:
    """Why one of several items failed."""
    return {"failureCode": code, "retryable": False}


def entered(*states: str, at: Any) -> tuple[StateChange, ...]:
    """States that were reached at a time, one after the other."""
    return tuple(StateChange(state, at) for state in states)


def _article(kind: str) -> str:
    words = kind.replace("_", " ").lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
