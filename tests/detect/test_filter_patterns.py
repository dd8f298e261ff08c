"""Filter patterns against the examples of AWS's documentation, and what must hold of every pattern and message."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.detect.patterns import Event, InvalidPattern, PatternSet, compile_pattern

TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "cluster.name": "c",
    }
)
USERS = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [
            {"id": 2, "email": "John.Doe@example.com"},
            {"id": 3, "email": "Jane.Doe@example.com"},
        ],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
        "flag": True,
        "off": False,
    }
)
NUMBERS = json.dumps({"bandwidth": 76, "latency": 49.5, "code": 400, "text": "400", "small": 0.001, "large": 1000})
ACCESS = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'

# Source: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and
# Live Tail", and the older page "Filter and Pattern Syntax".
CASES: list[tuple[str, str, bool]] = [
    ("", "anything", True),
    ("ERROR", "[ERROR 400] BAD REQUEST", True),
    ("ERROR", "Exiting with ERRORCODE: -1", True),
    ("ERROR", "[error 400] bad request", False),
    ("ERROR -Exiting", "Exiting with ERRORCODE: -1", False),
    ("ERROR -Exiting", "[ERROR] A fatal exception has occurred", True),
    ("ERROR Exception", "[ERROR] Caught IllegalArgumentException", True),
    ("ERROR Exception", "[ERROR] Bad", False),
    ('"Failed to process the request"', "[WARN] Failed to process the request", True),
    ('"Failed to process the request"', "Failed to process that request", False),
    ('"say \\"no\\""', 'they say "no" here', True),
    ("?ERROR ?ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST", True),
    ("?ERROR ?ARGUMENTS", "INVALID ARGUMENTS", True),
    ("?ERROR ?ARGUMENTS", "fine", False),
    ("?ERROR INFO", "[INFO] fine", True),
    ("?ERROR INFO", "[ERROR] bad", False),
    ('-"INFO"', "[ERROR] bad", True),
    ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", True),
    (r"%10\.10\.0\.1%", "from 10.10.0.1", True),
    (r"%10\.10\.0\.1%", "from 10x10.0.1", False),
    ("%^ERR%", "an ERR", False),
    ("%[a-z]+=[0-9]{2,3}$%", "abc=123", True),
    ("%gray|grey%", "a grey day", True),
    (r"%\sERROR\s%", "an ERROR here", True),
    ('{ $.eventType = "UpdateTrail" }', TRAIL, True),
    ("{ $.eventType = Update* }", TRAIL, True),
    ('{ $.eventType = "*Trail" }', TRAIL, True),
    ('{ $.eventType = "*dateTr*" }', TRAIL, True),
    ('{ $.eventType = "*" }', TRAIL, True),
    ('{ $.sourceIPAddress != "123.123.*" }', TRAIL, True),
    ("{ $.sourceIPAddress != 111.111.* }", TRAIL, False),
    ('{ $.arrayKey[0] = "value" }', TRAIL, True),
    ("{ $.arrayKey[1] = %another% }", TRAIL, True),
    ('{ $.arrayKey[2] = "value" }', TRAIL, False),
    ("{ $.objectList[1].id = 2 }", TRAIL, True),
    ("{ $.SomeObject IS NULL }", TRAIL, True),
    ("{ $.eventType IS NULL }", TRAIL, False),
    ("{ $.SomeOtherObject NOT EXISTS }", TRAIL, True),
    ("{ $.SomeObject NOT EXISTS }", TRAIL, False),
    ("{ $.['cluster.name'] = \"c\" }", TRAIL, True),
    ("{ $.eventType = %Trail% }", TRAIL, True),
    ('{ $.arrayKey != "x" }', TRAIL, False),
    ('{ $.objectList[0] != "x" }', TRAIL, False),
    ('{ $.nowhere != "x" }', TRAIL, False),
    ('{ $.SomeObject != "x" }', TRAIL, False),
    ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, True),
    ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "DELETE" }', USERS, True),
    ('{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }', USERS, False),
    ("{ $.coordinates[1][2] = 6 }", USERS, True),
    ("{ $.flag IS TRUE && $.off IS FALSE }", USERS, True),
    ("{ $.off IS TRUE }", USERS, False),
    ("{ $.bandwidth > 75 }", NUMBERS, True),
    ("{ $.latency < 50 }", NUMBERS, True),
    ("{ $.bandwidth >= 76 && $.latency <= 49.5 }", NUMBERS, True),
    ("{ $.code = 400 }", NUMBERS, True),
    ("{ $.code = 400.0 }", NUMBERS, True),
    ("{ $.code = 4* }", NUMBERS, True),
    ("{ $.code != 500 }", NUMBERS, True),
    ("{ $.text = 400 }", NUMBERS, True),
    ("{ $.small = 1e-3 }", NUMBERS, True),
    ("{ $.large != 1e+3 }", NUMBERS, False),
    ("{ $.eventType = UpdateTrail }", "UpdateTrail, but not JSON", False),
    ("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", ACCESS, True),
    ("[ip, user, username, timestamp, request =*.html*, status_code = 5*, bytes]", ACCESS, False),
    ("[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, bytes > 1000]", ACCESS, True),
    ("[..., status_code = 404, bytes]", ACCESS, True),
    ("[..., request =*.html*, status_code = 4*,]", ACCESS, True),
    ("[ip != 10.*, ..., bytes <= 1533]", ACCESS, False),
    ("[ip = 127.0.0.1, ...]", ACCESS, True),
    ("[ip = %127\\.0\\.0\\.[0-9]+%, ...]", ACCESS, True),
    ("[a, b, c, d, e, f, g, h]", ACCESS, False),
    ("[w1 = ERROR, w2]", "ERROR 401 UNAUTHORIZED REQUEST", True),
    ("[w1 = ERROR || w1 = WARN, w2]", "WARN some thing", True),
    ("[w1 != *ERROR* && w1 != *WARN*, w2]", "INFO some thing", True),
    ("[w1 != *ERROR* && w1 != *WARN*, w2]", "[WARN] some thing", False),
    ('[timestamp=*Z, request_id="*-*", event]', "2026-01-01T00:00:00Z 6f-1 a message of words", True),
    ("[line = *words*]", "a message of words", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "message", "expected"), CASES)
def test_the_documented_examples(pattern: str, message: str, expected: bool) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.matches(message) is expected
    assert PatternSet([compiled]).matches(Event(message)) == ([0] if expected else [])


@pytest.mark.parametrize(
    "pattern",
    [
        "two:words", '"no end', '""', "%[%", "%(a)%", "%a b%", "%%", "-", "?", "%a{2000}%",
        "{", "{}", "{ $ = 1 }", "{ $.a }", "{ $.a = }", '{ $.a = "x*y" }', "{ $.a = 1 } b", "{ $.a > x }",
        "{ $.a = 1 && }", "{ ($.a = 1 }", "{ $.a ~ 1 }", "{ $.a[x] = 1 }", "{ $.a = %a% && $.b = %b% && $.c = %c% }",
        "[", "[a", "[a = ]", "[a, ..., b, ...]", "[a = 1 || b = 2]", "[a, a]", "[a] b", "[1a]",
        "{" + "(" * 200 + "$.a = 1" + ")" * 200 + "}", "a" * 1025,
    ],
)  # fmt: skip
def test_what_breaks_the_grammar_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compile_pattern(pattern)


def test_fields_are_extracted_by_name_and_by_number() -> None:
    pattern = compile_pattern("[..., request =*.html*, status_code = 4*,]")
    assert pattern.extracted(Event(ACCESS)) == {
        "$1": "127.0.0.1",
        "$2": "Prod",
        "$3": "frank",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0",
        "$status_code": "404",
        "$7": "1534",
    }
    pattern = compile_pattern("{ $.user.id = 1 && $.missing NOT EXISTS && $.flag IS TRUE }")
    assert pattern.extracted(Event(USERS)) == {"$.user.id": "1", "$.flag": "true"}


@pytest.mark.parametrize(
    "message", ['{"a":' * 5000, '{"a": 1', '{"a": "\\ud800"}', '{"a": 1e999}', "{}", "[1]", "{" * 100_000]
)
def test_what_is_no_json_object_matches_no_json_pattern(message: str) -> None:
    assert not compile_pattern("{ $.a = x }").matches(message)


@pytest.mark.parametrize("pattern", ["%.*.*.*.*.*x%", "%[ab]*a[ab]{200}c%", "{ $.m = %.*.*.*y% }"])
def test_hostile_expressions_take_time_in_proportion_to_the_message(pattern: str) -> None:
    compiled = compile_pattern(pattern)

    def seconds(length: int) -> float:
        message = "ab" * length
        started = time.process_time()
        assert not compiled.matches(json.dumps({"m": message}) if pattern.startswith("{") else message)
        return time.process_time() - started

    seconds(1000)
    assert seconds(100_000) < 200 * max(seconds(1000), 0.005)  # and not ten thousand times


_TEXT = st.text(alphabet='ab*"%$.{}[]()=!<>&|, \\-?1e', max_size=40)


@given(_TEXT, _TEXT)
def test_any_text_is_a_pattern_or_is_refused(pattern: str, message: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except InvalidPattern:
        return
    event = Event(message)
    if compiled.matches(message):
        compiled.extracted(event)


_SCALAR: st.SearchStrategy[Any] = st.sampled_from(["a", "b", "1", "", 1, 2, 1.5, True, False, None])
_VALUE = st.one_of(_SCALAR, st.lists(_SCALAR, max_size=2), st.dictionaries(st.sampled_from("xy"), _SCALAR, max_size=2))
_TESTS = st.builds(
    "$.{} {}".format,
    st.sampled_from(["x", "y", "z", "x[0]", "x.y", "y.x"]),
    st.sampled_from(["= a", '= "1"', "= 1", "!= 1", "!= a", "> 1", "= *", "= b*", "IS NULL", "IS TRUE", "NOT EXISTS"]),
)
_CONDITIONS = st.recursive(
    _TESTS, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner), max_leaves=6
)


@given(st.lists(_CONDITIONS, min_size=1, max_size=8), st.dictionaries(st.sampled_from("xyz"), _VALUE))
def test_many_patterns_together_find_what_each_finds_alone(conditions: list[str], document: dict[str, Any]) -> None:
    patterns = [compile_pattern(f"{{ {condition} }}") for condition in conditions] + [
        compile_pattern(p) for p in ("a", "?x ?1", "[..., a]")
    ]
    message = json.dumps(document)
    alone = [number for number, pattern in enumerate(patterns) if pattern.matches(message)]
    assert PatternSet(patterns).matches(Event(message)) == alone


@given(_CONDITIONS, _CONDITIONS, st.dictionaries(st.sampled_from("xyz"), _VALUE))
def test_and_and_or_mean_what_they_say(first: str, second: str, document: dict[str, Any]) -> None:
    message = json.dumps(document)
    one, other = (compile_pattern(f"{{{each}}}").matches(message) for each in (first, second))
    assert compile_pattern(f"{{ {first} && {second} }}").matches(message) is (one and other)
    assert compile_pattern(f"{{ ({first}) || {second} }}").matches(message) is (one or other)
