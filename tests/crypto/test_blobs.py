"""Ciphertexts of symmetric keys: authentic with their key's place and their context, or nothing at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from garrison.crypto import SPECS, NotAuthentic
from garrison.crypto.blobs import KeyPlace, encode_context, read_place, seal, unseal
from garrison.crypto.software import SoftwareKeyStore

STORE, SPEC = SoftwareKeyStore(), SPECS["SYMMETRIC_DEFAULT"]
KEY = STORE.open(SPEC, bytes(range(32)))
PLACE = KeyPlace("012345678901", "us-east-1", "1234abcd-12ab-34cd-56ef-1234567890ab", 3)
CONTEXT = {"purpose": "payroll", "aws:s3:arn": "arn:aws:s3:::bucket"}

contexts = st.dictionaries(st.text(st.characters(), max_size=6), st.text(st.characters(), max_size=6), max_size=4)
places = st.builds(
    KeyPlace,
    st.from_regex("[0-9]{12}", fullmatch=True),
    st.sampled_from(["us-east-1", "ap-southeast-4", "us-gov-west-1"]),
    st.uuids().map(str),
    st.integers(0, 2**32 - 1),
)


@given(places, st.binary(max_size=4096), contexts)
def test_what_was_sealed_comes_back_and_says_where_its_key_is(
    place: KeyPlace, plaintext: bytes, context: dict[str, str]
) -> None:
    blob = seal(KEY, place, plaintext, context)
    assert read_place(blob) == place
    assert unseal(KEY, blob, dict(reversed(context.items()))) == plaintext
    assert len(blob) - len(plaintext) <= 96


def test_no_byte_of_a_ciphertext_can_be_changed_added_or_taken_away() -> None:
    blob = seal(KEY, PLACE, b"secret", CONTEXT)
    changed = [blob[:at] + bytes([blob[at] ^ flip]) + blob[at + 1 :] for at in range(len(blob)) for flip in (1, 0x80)]
    shorter = [blob[:end] for end in range(len(blob))]
    for broken in (*changed, *shorter, blob + b"\0", blob[1:], blob * 2):
        with pytest.raises(NotAuthentic):
            unseal(KEY, broken, CONTEXT)


@given(contexts, contexts)
def test_no_two_contexts_are_encoded_alike(one: dict[str, str], other: dict[str, str]) -> None:
    assert (encode_context(one) == encode_context(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": "bc"}, {"ab": "c"}), ({"a": "b"}, {"a": "b", "": ""}), ({"\ud83d\ude00": ""}, {"\U0001f600": ""})],
)
def test_contexts_that_look_alike_are_not(one: dict[str, str], other: dict[str, str]) -> None:
    assert encode_context(one) != encode_context(other)


@given(contexts)
def test_another_context_opens_nothing(context: dict[str, str]) -> None:
    assume(context != CONTEXT)
    with pytest.raises(NotAuthentic):
        unseal(KEY, seal(KEY, PLACE, b"secret", CONTEXT), context)


@given(st.binary(max_size=120))
def test_what_is_no_ciphertext_is_refused_as_such(blob: bytes) -> None:
    with pytest.raises(NotAuthentic):
        unseal(KEY, b"\x01" + blob, {})


def test_another_key_opens_nothing_and_the_same_plaintext_is_never_sealed_alike() -> None:
    other = STORE.open(SPEC, STORE.generate(SPEC).kept)
    blobs = {seal(KEY, PLACE, b"secret", CONTEXT) for _ in range(50)}
    assert len(blobs) == 50
    for blob in blobs:
        with pytest.raises(NotAuthentic):
            unseal(other, blob, CONTEXT)


@pytest.mark.parametrize("key_id", ["1234ABCD-12ab-34cd-56ef-1234567890ab", UUID(int=1).hex, "", "mrk-1234"])
def test_a_place_that_would_not_come_back_is_refused(key_id: str) -> None:
    with pytest.raises(ValueError):
        seal(KEY, KeyPlace("012345678901", "us-east-1", key_id, 0), b"", {})


def test_one_key_serves_many_threads() -> None:
    def round_trip(number: int) -> bool:
        plaintext = number.to_bytes(2) * number
        return unseal(KEY, seal(KEY, PLACE, plaintext, CONTEXT), CONTEXT) == plaintext

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(round_trip, range(2000)))
