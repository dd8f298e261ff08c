"""What a program answers: evaluations in the form of AWS Config's PutEvaluations, in JSON on its standard output.

Nothing is an answer too: then it says what it has to say by a call of PutEvaluations. Source: AWS Config API reference,
"PutEvaluations" and "Evaluation".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from garrison.rules.verdict import MAX_ANNOTATION_CHARACTERS, Compliance

MOST_EVALUATIONS = 100
"""Of one PutEvaluations."""
MOST_ANSWERED = 10_000
"""Of one answer on standard output."""


class UnusableAnswer(ValueError):
    """What was answered is no list of evaluations; the text says where."""


class Given(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """One evaluation that a customer's program gives."""

    compliance_resource_type: Annotated[str, Meta(min_length=1, max_length=256)]
    compliance_resource_id: Annotated[str, Meta(min_length=1, max_length=768)]
    compliance_type: Compliance
    ordering_timestamp: datetime | float | None = None
    """When the judged state was; in seconds since 1970 where a number. Of two verdicts the later one stands."""
    annotation: Annotated[str, Meta(min_length=1, max_length=MAX_ANNOTATION_CHARACTERS)] | None = None

    def ordered_at(self, otherwise: datetime) -> datetime:
        """Its ordering time."""
        found = self.ordering_timestamp
        if found is None:
            return otherwise
        if isinstance(found, datetime):
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        try:
            return datetime.fromtimestamp(found, UTC)
        except (OverflowError, OSError, ValueError):
            raise UnusableAnswer(f"{found} is no time") from None


class _Answer(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    evaluations: Annotated[list[Given], Meta(max_length=MOST_ANSWERED)] = []
    result_token: str | None = None
    test_mode: bool = False


_decoder = msgspec.json.Decoder(_Answer | list[Given] | None)


def read_answer(output: bytes, result_token: str) -> list[Given]:
    """The evaluations in an output; raises `UnusableAnswer`. Empty where it says nothing."""
    if not output.strip():
        return []
    try:
        answer: Any = _decoder.decode(output)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableAnswer(f"its answer is not as PutEvaluations: {error}") from None
    if answer is None:
        return []
    if isinstance(answer, _Answer):
        if answer.result_token not in (None, result_token):
            raise UnusableAnswer("its answer has another ResultToken than it was given")
        return [] if answer.test_mode else answer.evaluations
    return list(answer)
