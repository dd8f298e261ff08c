"""The body as JSON: what the guide says is inspected of documents that are JSON and of those that are not quite."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import Limits, Part, Parts, reader
from garrison.waf.fields.json_elements import elements_of
from garrison.waf.fields.json_values import MOST_ELEMENTS
from garrison.waf.request import Request

NESTED = b'{"a":{"c":"d","b":{"e":{"f":"g"}}}}'


def read(body: bytes, scope: str = "ALL", paths: list[str] | None = None, **more: str) -> Parts:
    pattern: object = {"IncludedPaths": paths} if paths else {"All": {}}
    document = {"JsonBody": {"MatchPattern": pattern, "MatchScope": scope, **more}}
    return reader(msgspec.convert(document, FieldToMatch))(Request(b"POST", b"/", body=body))


def found(body: bytes, scope: str = "ALL", paths: list[str] | None = None) -> list[bytes]:
    return sorted(part.value for part in read(body, scope, paths).values)


@pytest.mark.parametrize(("scope", "expected"), [("ALL", [b"e", b"f", b"g"]), ("KEY", [b"e", b"f"]), ("VALUE", [b"g"])])
def test_the_guides_example_of_included_paths(scope: str, expected: list[bytes]) -> None:
    assert found(NESTED, scope, ["/a/b"]) == sorted(expected)


@pytest.mark.parametrize(
    ("body", "paths", "expected"),
    [
        (b'{"dogs":[{"name":"Rex"},{"name":"Ida","age":3}]}', ["/dogs/0/name", "/dogs/1/name"], [b"Rex", b"Ida"]),
        (b'{"a/b":{"~":1},"ab":2}', ["/a~1b/~0"], [b"1"]),
        (b'{"ab":1,"a":2}', ["/a"], [b"2"]),
        (b'{"a":{"b":1}}', ["/a", "/a/b"], [b"b", b"1"]),
        (b"[[1,2],3]", ["/0/1"], [b"2"]),
        (b'{"a":1}', ["/b"], []),
    ],
)
def test_pointers_pick_what_stands_under_them(body: bytes, paths: list[str], expected: list[bytes]) -> None:
    assert found(body, "ALL", paths) == sorted(expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"key1":"value1""key2":"value2"}', [b"key1", b"value1", b"key2", b"value2"]),
        (b'{"key1":"value1","key2""value2"}', [b"key1", b"value1", b"key2", b"value2"]),
        (b'{"key1"::"value1","key2""value2"}', [b"key1", b"value1", b"key2", b"value2"]),
        (b'{"a":[1,2.5e3,true,null,"",{}]}', [b"a", b"1", b"2.5e3", b"true", b"null", b""]),
        (rb'["\u003cscript\u003e\n"]', [b"<script>\n"]),
        (b'\xef\xbb\xbf["a"]', [b"a"]),
        ('["ä"]'.encode("utf-16"), ["ä".encode()]),
        (b'["\xff\xc0\xaf"]', [b"\xff\xc0\xaf"]),
        (b'["a\nb"]', [b"a\nb"]),
        (rb'["\ud800"]', [b"\xed\xa0\x80"]),
    ],
)
def test_what_parses_is_complete(body: bytes, expected: list[bytes]) -> None:
    assert found(body) == sorted(expected)
    assert read(body, InvalidFallbackBehavior="MATCH").verdict is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1,"a":"evil"}', [b"a", b"1"]),
        (b'{"a":"b","c":"tru', [b"a", b"b", b"c", b"tru"]),
        (b'{"a":"b"', [b"a", b"b"]),
        (b'{"a":wrong,"b":1}', [b"a"]),
        (b'{"a":[1}', [b"a", b"1"]),
        (b'{"a":1} trailing', [b"a", b"1"]),
        (b"{{}}", []),
        (b'"text"', []),
        (b"12", []),
        (b"a=b", []),
    ],
)
def test_what_does_not_is_inspected_up_to_the_error_or_decided_by_the_fallback(
    body: bytes, expected: list[bytes]
) -> None:
    assert found(body) == sorted(expected)
    assert read(body, InvalidFallbackBehavior="MATCH") == Parts((), False, True)
    assert read(body, InvalidFallbackBehavior="NO_MATCH") == Parts((), False, False)
    assert read(body, InvalidFallbackBehavior="EVALUATE_AS_STRING") == Parts((Part("", body),))


def test_oversize_handling_comes_before_the_fallback() -> None:
    body = b'["' + b"a" * Limits().body_bytes + b'"]'
    assert read(body, OversizeHandling="MATCH", InvalidFallbackBehavior="NO_MATCH") == Parts((), True, True)
    assert read(body, OversizeHandling="CONTINUE", InvalidFallbackBehavior="NO_MATCH") == Parts((), True, False)
    assert read(body).values == (Part("/0", b"a" * (Limits().body_bytes - 2)),)


def test_a_request_without_a_body_lacks_the_component() -> None:
    assert read(b"", InvalidFallbackBehavior="MATCH") == Parts()


@pytest.mark.parametrize("body", [b"[" * 4000, b"[" * 4000 + b"]" * 4000, b'{"a":' * 1000, b"[" + b"1," * 9000 + b"1]"])
def test_what_is_too_deep_or_too_much_is_inspected_as_a_whole_as_well(body: bytes) -> None:
    elements = elements_of(body)
    assert elements.values[-1].value == body
    assert len(elements.values) <= 2 * MOST_ELEMENTS + 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=4) | st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_every_text_of_a_document_is_found_however_it_is_written(document: object) -> None:
    elements = elements_of(json.dumps(document).encode())
    assert elements == elements_of(json.dumps(document, ensure_ascii=False).encode())
    texts = {part.value for part in elements.keys + elements.values}
    for text in _texts(document):
        assert text.encode("utf-8", "surrogatepass") in texts


@given(st.lists(st.sampled_from(list('{}[]:,"\\1atu \ud800\xff')), max_size=60).map("".join) | st.text(max_size=40))
def test_no_body_is_an_error_to_the_reader(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    elements = elements_of(body)
    parts = elements.keys + elements.values
    assert len(parts) <= len(body) + 1
    assert all(part.place.encode() is not None for part in parts)


def _texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for name, value in node.items() for text in [name, *_texts(value)]]
    return [text for value in node for text in _texts(value)] if isinstance(node, list) else []
