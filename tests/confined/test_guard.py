"""AWS's Guard engine in a process of its own: what hostile policies do to it, they do to nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from garrison.confined import GuardPool, GuardRefused, Limits, Stopped, is_guard_installed
from garrison.confined.limits import MIB
from garrison.rules import Compliance
from garrison.rules.custom import verdict_of

pytestmark = pytest.mark.skipif(not is_guard_installed(), reason="cfn-guard-rs needs CPython 3.11 or 3.12")

BUCKET = {
    "resourceType": "AWS::S3::Bucket",
    "configuration": {"name": "b", "rules": [1, {"days": "no"}]},
    "tags": {"long": "a" * 20_000},
    "numbers": list(range(2000)),
}
FINE = "rule r {\n configuration.name == 'b'\n}"


@pytest.fixture(scope="module")
def pool() -> Iterator[GuardPool]:
    with GuardPool(limits=Limits(seconds=5, cpu_seconds=1, memory_bytes=256 * MIB)) as pool:
        yield pool


@pytest.mark.parametrize(
    ("policy", "compliance", "annotation"),
    [
        (FINE, Compliance.COMPLIANT, ""),
        (
            "rule r {\n configuration.name == 'c' <<must be c>>\n}",
            Compliance.NON_COMPLIANT,
            'must be c: r: configuration.name == "c": /configuration/name is b',
        ),
        (
            "rule r when resourceType == 'AWS::S3::Bucket' {\n configuration.name in ['x']\n missing.part exists\n}",
            Compliance.NON_COMPLIANT,
            'r: configuration.name in ["x"]: /configuration/name is b (and 1 more)',
        ),
        (
            "rule r {\n missing.part == 1\n}",
            Compliance.NON_COMPLIANT,
            "r: missing.part == 1: /missing.part is not set",
        ),
        (
            "rule r {\n configuration.rules[ days exists ] {\n days == 'yes'\n }\n}",
            Compliance.NON_COMPLIANT,
            'r: days == "yes": /configuration/rules/1/days is no',
        ),
        (
            "rule ok {\n configuration.name exists\n}\nrule r {\n not ok\n}",
            Compliance.NON_COMPLIANT,
            "r: rule ok: it did not pass",
        ),
        (
            "rule r when resourceType == 'AWS::EC2::Instance' {\n configuration.name == 'c'\n}",
            Compliance.NOT_APPLICABLE,
            "No rule of the policy applies to the resource.",
        ),
    ],
)
def test_the_verdict_names_the_failing_clause_and_the_value(
    pool: GuardPool, policy: str, compliance: Compliance, annotation: str
) -> None:
    verdict = verdict_of(pool.judge(policy, BUCKET))
    assert (verdict.compliance, verdict.annotation) == (compliance, annotation)


def test_a_long_value_is_shortened_and_the_report_stays_whole(pool: GuardPool) -> None:
    verdict = verdict_of(pool.judge("rule r {\n tags.long == /^b/ <<" + "m" * 500 + ">>\n}", BUCKET))
    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert len(verdict.annotation) <= 256 and "/tags/long is aaaa" in verdict.annotation


@pytest.mark.parametrize("policy", ["rule r { a == ", "", "# nothing", "rule r {\n tags.long == /(a/\n}"])
def test_what_is_no_policy_is_refused(pool: GuardPool, policy: str) -> None:
    with pytest.raises(GuardRefused) as refused:
        pool.judge(policy, {})
    assert refused.value.is_syntax


def test_a_policy_that_the_engine_cannot_apply_says_so(pool: GuardPool) -> None:
    with pytest.raises(GuardRefused, match="Could not resolve variable by name nobody"):
        pool.judge("rule r { %nobody == 1 }", BUCKET)


HOSTILE = {
    "rules that refer to themselves": "rule a {\n a\n}\n",
    "deep nesting": "rule r { a in " + "[" * 4990 + "]" * 4990,
    "an expression that backtracks": r"rule r { tags.long == /^(a+)\1+\1+\1+b$/ }",
    "endless comparing": "let a = numbers[*]\n"
    + "".join(f"rule r{number} {{\n %a[ this >= 0 ] in %a\n}}\n" for number in range(50)),
}


@pytest.mark.parametrize("policy", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_policy_is_stopped_and_the_next_one_is_judged(pool: GuardPool, policy: str) -> None:
    with pytest.raises((Stopped, GuardRefused)):
        pool.judge(policy, BUCKET)
    assert pool.judge(FINE, BUCKET).status == "PASS"
