"""Text transformations: what AWS's guide and ModSecurity's descriptions say of each, as tables, and what holds for every value."""

from __future__ import annotations

import re

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.transformations import PRE_PARSE, TRANSFORMATIONS, Transformation, pre_parser, transformer

CASES = [
    ("NONE", b"A%20&lt;", b"A%20&lt;"),
    ("LOWERCASE", "SELECT ÄÖ".encode(), "select ÄÖ".encode()),
    ("UPPERCASE", b"select [`{", b"SELECT [`{"),
    ("COMPRESS_WHITE_SPACE", b" \t a\r\n\x0b\x0c\xa0b  ", b" a b "),
    ("REMOVE_WHITESPACE", b" a\tb\r\n\x0b\x0c\xa0c ", b"abc"),
    ("TRIM", b" \t\r\n\x0b\x0ca b\n", b"a b"),
    ("TRIM", b"\0 a \0", b"\0 a \0"),
    ("TRIM_LEFT", b"\n a ", b"a "),
    ("TRIM_RIGHT", b" a \n", b" a"),
    ("REMOVE_NULLS", b"\0a\0\0b\0", b"ab"),
    ("REPLACE_NULLS", b"\0a\0\0b", b" a  b"),
    ("REPLACE_COMMENTS", b"/* a */ /* b */", b"   "),
    ("REPLACE_COMMENTS", b"a/**/b/*", b"a b "),
    ("REPLACE_COMMENTS", b"a*/b", b"a*/b"),
    ("REPLACE_COMMENTS", b"a/*/b", b"a "),
    ("REPLACE_COMMENTS", b"a/*\n*/b", b"a b"),
    ("REMOVE_COMMENTS_CHAR", b"a/*b*/c--d#e", b"abcde"),
    ("REMOVE_COMMENTS_CHAR", b"a-b/c*d", b"a-b/c*d"),
    ("MD5", b"", bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e")),
    ("SHA256", b"", bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
    # Command lines.
    ("CMD_LINE", b"c\\a\"t ^/etc/'passwd'", b"cat/etc/passwd"),
    ("CMD_LINE", b"a,,;; b", b"a b"),
    ("CMD_LINE", b"a\t\r\n b", b"a b"),
    ("CMD_LINE", b"foo   (bar   /baz", b"foo(bar/baz"),
    ("CMD_LINE", b"COMMAND /C DIR", b"command/c dir"),
    ("CMD_LINE_UNIX", b"ca\\\nt ^x, y", b"cat ^x, y"),
    ("CMD_LINE_UNIX", b" 'L'\"S\"\\ -L\t\t/ ", b"ls -l /"),
    ("CMD_LINE_WIN", b"pow^er^\r\nshell", b"powershell"),
    ("CMD_LINE_WIN", b"p`i'n\"g C:\\\\\\x\\y", b"ping c:\\x\\y"),
    # Percent-encoding.
    ("URL_DECODE", b"%41%4a%4A+b", b"AJJ b"),
    ("URL_DECODE", b"%2541", b"%41"),
    ("URL_DECODE", b"%", b"%"),
    ("URL_DECODE", b"%4", b"%4"),
    ("URL_DECODE", b"%%41", b"%A"),
    ("URL_DECODE", b"%g1%1g%gg", b"%g1%1g%gg"),
    ("URL_DECODE", b"%u0041", b"%u0041"),
    ("URL_DECODE", b"%00", b"\0"),
    ("URL_DECODE", b"%+1", b"% 1"),
    ("URL_DECODE_UNI", b"%u0041%U0042%41+", b"ABA "),
    ("URL_DECODE_UNI", b"%uff21%uff5e%uff00%uff5f", b"A~\x00\x5f"),
    ("URL_DECODE_UNI", b"%u1141", b"A"),
    ("URL_DECODE_UNI", b"%u", b"%u"),
    ("URL_DECODE_UNI", b"%u004", b"%u004"),
    ("URL_DECODE_UNI", b"%u00g1%u0041", b"%u00g1A"),
    ("URL_DECODE_UNI", b"%%u0041", b"%A"),
    # Base64 and hexadecimal.
    ("BASE64_DECODE", b"VGVzdENhc2U=", b"TestCase"),
    ("BASE64_DECODE", b"VGVzdENhc2U", b"TestCase"),
    ("BASE64_DECODE", b"VGVzdENhc2U=VGVz", b"TestCase"),
    ("BASE64_DECODE", b"VGVz.dA==", b"Tes"),
    ("BASE64_DECODE", b"A", b""),
    ("BASE64_DECODE", b"", b""),
    ("BASE64_DECODE_EXT", b"P.HNjcmlwdD.5hbGVydCgxKTwvc2NyaXB0Pg==", b"<script>alert(1)</script>"),
    ("BASE64_DECODE_EXT", b"VGVz=dENhc2U", b"TestCase"),
    ("BASE64_DECODE_EXT", b"....", b""),
    ("HEX_DECODE", b"5465737443617365", b"TestCase"),
    ("HEX_DECODE", b"4a4B4", b"JK"),
    ("HEX_DECODE", b"41zz42", b"A"),
    ("SQL_HEX_DECODE", b"0x414243", b"ABC"),
    ("SQL_HEX_DECODE", b"SELECT 0X5465 , 0x4", b"SELECT Te , 0x4"),
    ("SQL_HEX_DECODE", b"0x41420", b"AB0"),
    ("SQL_HEX_DECODE", b"0x", b"0x"),
    # Escapes.
    ("ESCAPE_SEQ_DECODE", rb"\a\b\f\n\r\t\v\?\'\"\0\12\123\x00\xff", b"\a\b\f\n\r\t\v?'\"\0\nS\0\xff"),
    ("ESCAPE_SEQ_DECODE", rb"\8\xag\u0041", rb"\8\xag\u0041"),
    ("ESCAPE_SEQ_DECODE", rb"\\x41", rb"\x41"),
    ("ESCAPE_SEQ_DECODE", rb"\777", b"\xff"),
    ("ESCAPE_SEQ_DECODE", b"\\", b"\\"),
    ("CSS_DECODE", rb"ja\vascript", b"javascript"),
    ("CSS_DECODE", rb"\1A\1 A\1234567", b"\x1a\x01A\x56" + b"7"),
    ("CSS_DECODE", rb"\FF1C\00ff1e\0ff41", b"<>a"),
    ("CSS_DECODE", b"a\\\nb\\", b"ab"),
    ("CSS_DECODE", b"\\61\tb\\61  b", b"aba b"),
    ("JS_DECODE", rb"\a\b\f\n\r\t\v\?\'\"\0\12\123\x00\xff", b"\a\b\f\n\r\t\v?'\"\0\nS\0\xff"),
    ("JS_DECODE", rb"\8\9\666\u00ag\u00a\xg", b"89" + b"\x36" + b"6u00agu00axg"),
    ("JS_DECODE", rb"\uff1c\u003e\u1241", b"<>A"),
    ("JS_DECODE", b"\\", b"\\"),
    ("JS_DECODE_EXT", rb"C:\new\table\\x\/\'\"\u0041\x42\101", rb"C:\new\table\x/'" + b'"AB' + rb"\101"),
    # Paths.
    ("NORMALIZE_PATH", b"", b""),
    ("NORMALIZE_PATH", b"/foo/bar/baz/", b"/foo/bar/baz/"),
    ("NORMALIZE_PATH", b".", b""),
    ("NORMALIZE_PATH", b"./", b""),
    ("NORMALIZE_PATH", b"./..", b".."),
    ("NORMALIZE_PATH", b"./../", b"../"),
    ("NORMALIZE_PATH", b"..", b".."),
    ("NORMALIZE_PATH", b"../.", b".."),
    ("NORMALIZE_PATH", b"../..", b"../.."),
    ("NORMALIZE_PATH", b"dir/foo//bar/", b"dir/foo/bar/"),
    ("NORMALIZE_PATH", b"dir/../foo", b"foo"),
    ("NORMALIZE_PATH", b"dir/../../foo", b"../foo"),
    ("NORMALIZE_PATH", b"dir/./.././../../foo/bar", b"../../foo/bar"),
    ("NORMALIZE_PATH", b"dir/./.././../../foo/bar/./", b"../../foo/bar/"),
    ("NORMALIZE_PATH", b"dir//.//..//.//..//..//foo//bar", b"../../foo/bar"),
    ("NORMALIZE_PATH", b"/dir/./subdir/../subsubdir/../subsubsubdir/../", b"/dir/"),
    ("NORMALIZE_PATH", b"/./.././../../../etc/./passwd", b"/etc/passwd"),
    ("NORMALIZE_PATH", b"/..", b"/"),
    ("NORMALIZE_PATH", b"dir/../", b""),
    ("NORMALIZE_PATH", b"/.hidden/..a", b"/.hidden/..a"),
    ("NORMALIZE_PATH_WIN", b"\\foo\\..\\bar\\.\\\\baz", b"/bar/baz"),
    # Characters.
    ("HTML_ENTITY_DECODE", b"&quot;&QuOt;&amp;&lt;&gt;&nbsp;", b'""&<>\xa0'),
    ("HTML_ENTITY_DECODE", b"&#0;&#X20;&#x20&#32;&#32", b"\0    "),
    ("HTML_ENTITY_DECODE", b"&lt&foo;&#zz;&#;&", b"<&foo;&#zz;&#;&"),
    ("HTML_ENTITY_DECODE", b"&lpar;&lpar &ltscript", b"(&lpar &ltscript"),
    ("HTML_ENTITY_DECODE", b"&#0000000000060;&#x00003C;", b"<<"),
    ("HTML_ENTITY_DECODE", b"&#99999999999999999999;&#x110000;", b"&#99999999999999999999;&#x110000;"),
    ("HTML_ENTITY_DECODE", b"&#8364;", "€".encode()),
    ("HTML_ENTITY_DECODE", b"&NewLine;&Tab;&VerticalLine;&apos;&bsol;&DiacriticalGrave;", b"\n\t|'\\`"),
    ("HTML_ENTITY_DECODE", b"&amp;lt;", b"&lt;"),
    ("UTF8_TO_UNICODE", "aé€😀".encode(), b"a%u00e9%u20ac%u1f600"),
    ("UTF8_TO_UNICODE", b"\xc0\xae\xe0\x80\xaf\xf0\x80\x80\xbc", b"%u002e%u002f%u003c"),
    ("UTF8_TO_UNICODE", b"\xff\xc3(", b"\xff\xc3("),
]

PRE_PARSE_CASES = [
    ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", b"a=1&b=2&a=3", b"a=1,3&b=2"),
    ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", b"a&a=1", b"a=,1"),
    ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", b"a=SEL&a=ECT&a=", b"a=SEL,ECT,"),
    ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", b"a=1&A=2", b"a=1&A=2"),
    ("REPLACE_SEMICOLONS_WITH_AMPERSANDS", b"a=1;b=2", b"a=1&b=2"),
    ("URL_DECODE", b"a=1%26b%3D2", b"a=1&b=2"),
    ("URL_DECODE_UNI", b"a=1%u0026b%uff1d2", b"a=1&b=2"),
    ("NONE", b"a=%26", b"a=%26"),
]

ALL = [*TRANSFORMATIONS.values(), *PRE_PARSE.values()]
PLAIN = b"/Images/daily-ad.jpg"
HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from([
            b"%", b"%u", b"&#", b"&#x", b"&lt", b";", b"\\", b"\\x", b"\\u", b"0x", b"/*", b"*/", b"..", b"/", b"//", b"\0",
            b"41", b"ff1c", b"\xc0\xaf", b"\xe2\x82", b" ", b"\t\n", b"'", b'"', b"^", b"+", b"=", b"&", b"#", b"--", b"a",
        ]),
        max_size=60,
    ).map(b"".join),
)  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_a_value_is_transformed_as_the_guide_says(name: str, before: bytes, after: bytes) -> None:
    assert transformer((name,))(before) == after


@pytest.mark.parametrize(("name", "before", "after"), PRE_PARSE_CASES)
def test_a_query_string_is_normalised_before_it_is_taken_apart(name: str, before: bytes, after: bytes) -> None:
    assert pre_parser((name,))(before) == after


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_each_is_documented_with_an_example_that_holds(known: Transformation) -> None:
    before, after = known.example
    assert known.apply(before) == after
    assert known.description.endswith(".")


def test_all_that_aws_knows_are_there() -> None:
    model = botocore.session.get_session().get_service_model("wafv2")
    assert set(TRANSFORMATIONS) == set(model.shape_for("TextTransformationType").enum)
    assert set(PRE_PARSE) == set(model.shape_for("PreParseTextTransformationType").enum)


def test_several_are_applied_in_their_order() -> None:
    twice = transformer(("URL_DECODE", "HTML_ENTITY_DECODE", "LOWERCASE", "NONE"))
    assert twice(b"%26LT;SCRIPT%26GT%3b") == b"<script>"
    assert transformer(("LOWERCASE", "BASE64_DECODE"))(b"PHM+") != transformer(("BASE64_DECODE", "LOWERCASE"))(b"PHM+")
    assert transformer(())(PLAIN) is PLAIN


def test_one_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="ROT13"):
        transformer(("ROT13",))


COPIES = {"LOWERCASE", "UPPERCASE", "CMD_LINE", "CMD_LINE_UNIX", "CMD_LINE_WIN", "MD5", "SHA256", "BASE64_DECODE", "BASE64_DECODE_EXT", "HEX_DECODE"}  # fmt: skip


@pytest.mark.parametrize("known", [known for known in ALL if known.name not in COPIES], ids=lambda known: known.name)
def test_a_plain_value_is_not_even_copied(known: Transformation) -> None:
    assert known.apply(PLAIN) is PLAIN


@given(HOSTILE)
def test_no_value_makes_one_fail_or_grow_beyond_bounds(value: bytes) -> None:
    for known in ALL:
        result = known.apply(value)
        assert isinstance(result, bytes)
        assert len(result) <= max(3 * len(value), 32), known.name


@given(HOSTILE)
def test_normalising_a_path_again_changes_nothing(value: bytes) -> None:
    for name in (
        "NORMALIZE_PATH",
        "NORMALIZE_PATH_WIN",
        "REPLACE_NULLS",
        "COMPRESS_WHITE_SPACE",
        "TRIM",
        "UTF8_TO_UNICODE",
    ):
        once = transformer((name,))(value)
        assert transformer((name,))(once) == once


@given(
    HOSTILE
    | st.lists(
        st.sampled_from([b"%41", b"%0a", b"%3d", b"=", b"\n", b"\r", b"_", b" ", b"%25", b"41", b"%", b"+"])
    ).map(b"".join)
)
def test_percent_encoding_is_decoded_once_by_either_way(value: bytes) -> None:
    decoded = b"".join(
        bytes((int(pair, 16),)) if pair else b" " if other == b"+" else other
        for pair, other in re.findall(rb"%([0-9a-fA-F]{2})|(.)", value, re.DOTALL)
    )
    assert transformer(("URL_DECODE",))(value) == decoded
