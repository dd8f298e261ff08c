"""Proofs about policies: what one allows and another does not, decided exactly and confirmed by the evaluator.

    verdict = check_no_new_access(parse_document(new), parse_document(old))
    verdict.result            # PASS: proved; FAIL: shown by verdict.reasons; UNKNOWN: neither, within the allowance of work
    verdict.reasons[0].example.request      # a request that `decide` allows under `new` and not under `old`

Everything is pure: values in, values out. Work is counted in steps, so that an answer does not depend on the machine.
"""

from __future__ import annotations

from .grants import Access, check_access_not_granted
from .newaccess import NewAccess, Result, Verdict, check_no_new_access
from .public import check_no_public_access
from .witness import CounterExample

__all__ = [
    "Access",
    "CounterExample",
    "NewAccess",
    "Result",
    "Verdict",
    "check_access_not_granted",
    "check_no_new_access",
    "check_no_public_access",
]
