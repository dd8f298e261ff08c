"""What views share changes nothing about what they see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.evaluation import Values
from garrison.waf.evaluation.steps import step
from garrison.waf.transformations import TRANSFORMATIONS, transformer

TRICKY = st.text(alphabet="aA0xX%+&;\\/*. \t\x00\xa0#-<u27fé'\"^,=", max_size=24).map(lambda text: text.encode())
ITEMS = st.lists(st.binary(max_size=12) | TRICKY, max_size=5).map(tuple)


@pytest.mark.parametrize("name", sorted(TRANSFORMATIONS))
@settings(max_examples=30)
@given(items=ITEMS)
def test_a_step_over_all_values_is_the_transformation_of_each(name: str, items: tuple[bytes, ...]) -> None:
    assert Values(items).after(step(name)).items == tuple(map(TRANSFORMATIONS[name].apply, items))


@given(ITEMS, st.lists(st.sampled_from(sorted(TRANSFORMATIONS)), max_size=5))
def test_several_steps_are_the_transformations_one_after_the_other(items: tuple[bytes, ...], names: list[str]) -> None:
    values = Values(items)
    for name in names:
        values = values.after(step(name))
    assert values.items == tuple(map(transformer(tuple(names)), items))


def test_values_that_a_transformation_leaves_are_the_very_same() -> None:
    values = Values((b"plain", b"text"))
    assert values.after(step("URL_DECODE")) is values
    assert values.after(step("LOWERCASE")) is values
    assert Values((b"Loud",)).after(step("LOWERCASE")).items == (b"loud",)
