"""Injections stay found when they are rewritten as tools rewrite them: blanks, comments, case, operators and functions of the same meaning."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from garrison.waf import sqli
from garrison.waf.transformations import transformer

PLAIN = (
    b"1 AND 9227=9227",
    b"1' AND 9227=9227-- wXyW",
    b"1') AND ('abcd'='abcd",
    b'1" OR 5=5#',
    b"1 UNION ALL SELECT 1,2,CONCAT(0x71,0x72)-- -",
    b"1' UNION SELECT NULL,NULL FROM information_schema.tables--",
    b"1 AND (SELECT 4 FROM (SELECT(SLEEP(5)))x)",
    b"1'; DROP TABLE users--",
    b"1 ORDER BY 10-- -",
    b"1 AND ASCII(SUBSTRING((SELECT password FROM users LIMIT 0,1),1,1))>64",
)


def _between(value: bytes) -> bytes:
    return re.sub(rb">(\d+)", rb" NOT BETWEEN 0 AND \1", value)


def _random_case(value: bytes) -> bytes:
    return bytes(byte ^ 32 if chr(byte).isalpha() and at % 2 else byte for at, byte in enumerate(value))


def _keywords(made: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda value: re.sub(rb"\b(?:UNION|SELECT|AND|OR|FROM|WHERE|ALL)\b", lambda found: made(found[0]), value)


TAMPERS: dict[str, Callable[[bytes], bytes]] = {
    "space2comment": lambda value: value.replace(b" ", b"/**/"),
    "space2filledcomment": lambda value: value.replace(b" ", b"/*a b*/"),
    "space2hash": lambda value: value.replace(b" ", b"#nVNaV\n", 1),
    "space2dash": lambda value: value.replace(b" ", b"--nVNaV\n", 1),
    "space2tab": lambda value: value.replace(b" ", b"\t"),
    "space2newline": lambda value: re.sub(rb" (?!-\Z)", b"\n", value),
    "space2verticaltab": lambda value: value.replace(b" ", b"\x0b"),
    "space2formfeed": lambda value: value.replace(b" ", b"\x0c"),
    "space2nobreak": lambda value: value.replace(b" ", b"\xa0"),
    "space2control": lambda value: value.replace(b" ", b"\x01"),
    "multiplespaces": lambda value: value.replace(b" ", b"    "),
    "lowercase": bytes.lower,
    "uppercase": bytes.upper,
    "randomcase": _random_case,
    "between": _between,
    "equaltolike": lambda value: value.replace(b"=", b" LIKE "),
    "equaltorlike": lambda value: value.replace(b"=", b" RLIKE "),
    "equaltospaceship": lambda value: value.replace(b"=", b"<=>"),
    "symboliclogical": lambda value: value.replace(b" AND ", b" && ").replace(b" OR ", b" || "),
    "versionedkeywords": _keywords(lambda word: b"/*!" + word + b"*/"),
    "versionedmore": _keywords(lambda word: b"/*!50000" + word + b"*/"),
    "halfversioned": _keywords(lambda word: b"/*!0" + word + b" "),
    "commentedkeywords": _keywords(lambda word: b"/**/" + word + b"/**/"),
    "unionalltounion": lambda value: value.replace(b"UNION ALL", b"UNION"),
    "unionparentheses": lambda value: value.replace(b"UNION SELECT NULL,NULL", b"UNION(SELECT NULL,NULL"),
    "uniondistinct": lambda value: value.replace(b"UNION ", b"UNION DISTINCT ").replace(b"DISTINCT ALL", b"ALL"),
    "dunion": lambda value: re.sub(rb"^(\d+) UNION", rb"\1.UNION", value),
    "misunion": lambda value: re.sub(rb"^(\d+) UNION", rb"-.1UNION", value),
    "0eunion": lambda value: re.sub(rb"^(\d+) UNION", rb"\1e0UNION", value),
    "concat2concatws": lambda value: value.replace(b"CONCAT(", b"CONCAT_WS(MID(CHAR(0),0,0),"),
    "sp_password": lambda value: value + b"-- sp_password",
    "appendnullbyte": lambda value: value + b"\x00",
    "parentheses": lambda value: value.replace(b"9227=9227", b"((9227))=((9227))"),
    "signs": lambda value: value.replace(b"9227=9227", b"-+~9227=-+~9227"),
    "hexnumbers": lambda value: value.replace(b"9227=9227", b"0x240b=9227"),
    "scientific": lambda value: value.replace(b"9227=9227", b"9.227e3=9227"),
    "arithmetic": lambda value: value.replace(b"9227=9227", b"9000+227=9227"),
    "backquotes": lambda value: value.replace(b"users", b"`users`").replace(
        b"information_schema.tables", b"`information_schema`.`tables`"
    ),
    "brackets": lambda value: value.replace(b"users", b"[users]"),
    "commalesslimit": lambda value: value.replace(b"LIMIT 0,1", b"LIMIT 1 OFFSET 0"),
    "commalessmid": lambda value: value.replace(
        b"SUBSTRING((SELECT password FROM users LIMIT 0,1),1,1)", b"MID((SELECT password FROM users) FROM 1 FOR 1)"
    ),
}
ENCODED: dict[str, tuple[Callable[[bytes], bytes], tuple[str, ...]]] = {
    "charencode": (lambda value: b"".join(b"%%%02x" % byte for byte in value), ("URL_DECODE",)),
    "chardoubleencode": (lambda value: b"".join(b"%%25%02x" % byte for byte in value), ("URL_DECODE", "URL_DECODE")),
    "charunicodeencode": (lambda value: b"".join(b"%%u00%02x" % byte for byte in value), ("URL_DECODE_UNI",)),
    "htmlencode": (lambda value: b"".join(b"&#%d;" % byte for byte in value), ("HTML_ENTITY_DECODE",)),
    "space2plus": (lambda value: value.replace(b" ", b"+"), ("URL_DECODE",)),
    "unmagicquotes": (lambda value: value.replace(b"'", b"\xbf'", 1).replace(b'"', b'\xbf"', 1), ("NONE",)),
}


@pytest.mark.parametrize("name", TAMPERS)
def test_a_rewritten_injection_stays_found(name: str) -> None:
    assert [tampered for tampered in map(TAMPERS[name], PLAIN) if sqli.detect(tampered, "LOW") is None] == []


@pytest.mark.parametrize("name", ENCODED)
def test_an_encoded_injection_is_found_after_its_transformation(name: str) -> None:
    encode, types = ENCODED[name]
    decode = transformer(types)
    assert [value for value in PLAIN if sqli.detect(decode(encode(value)), "LOW") is None] == []
