"""HTML_ENTITY_DECODE: character references, by number and by the names that the guide lists."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_CHARACTERS = {
    b'"': "quot", b"&": "amp", b"<": "lt", b">": "gt", b"\xa0": "nbsp nonbreakingspace", b"\n": "newline", b"\t": "tab",
    b"{": "lcub lbrace", b"|": "verbar vert verticalline", b"}": "rcub rbrace", b"!": "excl", b"#": "num", b"$": "dollar",
    b"%": "percent percnt", b"'": "apos", b"(": "lpar", b")": "rpar", b"*": "ast midast", b"+": "plus", b",": "comma",
    b".": "period", b"/": "sol", b":": "colon", b";": "semi", b"=": "equals", b"?": "quest", b"~": "tilde diacriticaltilde",
    b"-": "minus", b"[": "lsqb lbrack", b"\\": "bsol", b"]": "rsqb rbrack", b"^": "hat", b"_": "lowbar underbar",
    b"`": "grave diacriticalgrave",
}  # fmt: skip
NAMES = {name.encode(): character for character, names in _CHARACTERS.items() for name in names.split()}
"""The names in lower case, as the handling is case insensitive. (The guide prints a backslash for `&apos;`, where it escapes the quote.)"""

_REFERENCE = re.compile(
    rb"&(?:#[xX]([0-9a-fA-F]++);?|#([0-9]++);?|([A-Za-z]{2,20}+);|((?i:quot|amp|lt|gt|nbsp))(?![A-Za-z0-9]))"
)
"""Without their semicolon, HTML knows numbers and the last five names."""
HIGHEST_CODE = 0x10FFFF


def _decoded(found: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, name, open_name = found.groups()
    if name or open_name:
        return NAMES.get((name or open_name).lower(), found[0])
    digits = (hexadecimal or decimal).lstrip(b"0")
    if len(digits) > 7:
        return found[0]
    code = int(digits or b"0", 16 if hexadecimal else 10)
    if code > HIGHEST_CODE:
        return found[0]
    return bytes((code,)) if code < 0x100 else chr(code).encode("utf-8", "surrogatepass")


@transformation("HTML_ENTITY_DECODE", example=(b"&lt;&#x73;cript&#62;&lpar;", b"<script>("))
def html_entity_decode(value: bytes) -> bytes:
    """Decodes `&#xhhhh;` and `&#nnnn;` to the character (codes under 256 to one byte, others to UTF-8) and the names of the guide's list in any
    case. As for browsers, the semicolon may be missing after numbers and after `quot amp lt gt nbsp`."""
    return _REFERENCE.sub(_decoded, value) if b"&" in value else value
