"""What the detectors find by themselves, without the patterns of the managed rule groups, in the requests of OWASP CRS's regression tests.

A stage that expects a rule 942xxx to fire at paranoia level 1 is an SQL injection and one that expects a rule 941xxx is script, be they attacks by
themselves or not: docs/decisions names the classes that are left to patterns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from garrison.waf import sqli, xss
from garrison.waf.document import FieldToMatch
from garrison.waf.document.fields import Body, CookieMatchPattern, Cookies, Empty, HeaderMatchPattern, Headers
from garrison.waf.fields import reader
from garrison.waf.found import Found
from garrison.waf.request import Request
from garrison.waf.transformations import transformer
from tests.conformance.waf.stages import Stage, read

HERE = Path(__file__).parent
FLOORS = HERE.parent / "floors.toml"
READERS = tuple(
    reader(field)
    for field in (
        FieldToMatch(uri_path=Empty()),
        FieldToMatch(all_query_arguments=Empty()),
        FieldToMatch(argument_names=Empty()),
        FieldToMatch(body_arguments=Body()),
        FieldToMatch(cookies=Cookies(CookieMatchPattern(all=Empty()), "ALL", "CONTINUE")),
        FieldToMatch(headers=Headers(HeaderMatchPattern(all=Empty()), "VALUE", "CONTINUE")),
    )
)
TRANSFORMED = tuple(
    transformer(types)
    for types in (("URL_DECODE_UNI",), ("URL_DECODE_UNI", "URL_DECODE_UNI"), ("URL_DECODE_UNI", "HTML_ENTITY_DECODE"))
)


@pytest.fixture(scope="module")
def stages(suites: Path) -> list[Stage]:
    return read(suites / "waf" / "crs.tar.gz")


def values(request: Request) -> Iterator[bytes]:
    for one in READERS:
        for part in one(request).values:
            yield from dict.fromkeys(transform(part.value) for transform in TRANSFORMED)


@pytest.mark.parametrize(
    ("name", "family", "detect"),
    [
        ("sqli_low", "942", partial(sqli.detect, level="LOW")),
        ("sqli_high", "942", partial(sqli.detect, level="HIGH")),
        ("xss", "941", xss.detect),
    ],
)
def test_attacks_are_found_and_benign_requests_are_not(
    name: str,
    family: str,
    detect: Callable[[bytes], Found | None],
    stages: list[Stage],
    capsys: pytest.CaptureFixture[str],
) -> None:
    otherwise = tomllib.loads((HERE / "attacked_otherwise.toml").read_text())
    attacks = [stage for stage in stages if family in stage.families]
    benign = [stage for stage in stages if stage.is_benign and stage.name not in otherwise]
    missed = [stage.name for stage in attacks if not any(map(detect, values(stage.request)))]
    taken = [stage.name for stage in benign if any(map(detect, values(stage.request)))]
    with capsys.disabled():
        print(
            f"\n{name} alone: {len(attacks) - len(missed)}/{len(attacks)} attacks, {len(taken)}/{len(benign)} benign taken for one"
        )
    floors = tomllib.loads(FLOORS.read_text())
    assert len(attacks) - len(missed) >= floors[f"waf_detector_{name}"], missed
    assert len(benign) - len(taken) >= floors[f"waf_detector_{name}_benign"], taken
