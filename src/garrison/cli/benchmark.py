"""`garrison benchmark`: judge a host, a root file system or an image by a profile of rules, and say which rules somebody has taken on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.assessing import FailOn
from garrison.cli.options import HomeOption, JsonOption, home_of
from garrison.cli.output import Exit, emit, plain
from garrison.clock import SystemClock
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.scan.benchmarks import Check, Library, Profile, Waiver

RANKS = ("informational", "low", "medium", "high", "critical")


def benchmark(
    target: Annotated[str, typer.Argument(help="A folder (/ is this host), or an image's tar file.")] = "/",
    rules: Annotated[
        Path | None, typer.Option("--rules", help="A rule file of ComplianceAsCode's form, JSON, may be gzipped.")
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="Which of its profiles, or `all`; without it they are listed.")
    ] = "",
    chosen: Annotated[
        list[str] | None, typer.Option("--set", help="VARIABLE=OPTION, over what the profile chose; may be repeated.")
    ] = None,
    waivers: Annotated[
        Path | None,
        typer.Option("--waivers", help="A TOML file of rules that somebody took on until a day; else the home's."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write also what passed and what does not apply.")] = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 4 where a rule of at least this severity fails.")
    ] = FailOn.LOW,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 also where a verdict is unknown.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a host, a root file system or an image by our own rules, or by a rule file; exits with 4 where one fails."""
    from garrison.cli.scan_result import opened
    from garrison.scan.benchmarks import evaluate, waive
    from garrison.scan.inventory import take

    wanted = _profile(rules, profile, chosen or [])
    taken_on = _waivers(waivers, home)
    with opened(target) as root:
        inventory = take(root, with_languages=False)
        checks = evaluate(root, inventory, wanted)
    checks = waive(checks, taken_on, host=inventory.host, today=SystemClock().now().date())
    shown = [check for check in checks if everything or check.verdict in ("fail", "unknown", "waived")]
    numbers = Counter(check.verdict.value for check in checks)
    if as_json:
        told = [dataclasses.asdict(check) for check in shown]
        emit({"host": inventory.host, "profile": wanted.id, "verdicts": dict(numbers), "checks": told}, as_json)
    else:
        _print(wanted, shown, numbers)
    raise typer.Exit(_exit_code(checks, fail_on, strict))


def _profile(rules: Path | None, name: str, chosen: Sequence[str]) -> Profile:
    from garrison.scan.benchmarks import InvalidRules, built_in

    if rules is None:
        if name not in ("", "garrison") or chosen:
            raise OperatorError(f"There is no profile {name or chosen[0]} without a rule file.", "Name it by --rules.")
        return built_in()
    options = dict(_option(one) for one in chosen)
    library = _library(rules)
    if not name:
        listed = "\n".join(f"  {one}: {title}" for one, title in sorted(library.profiles.items()))
        raise OperatorError(f"{rules} has these profiles:\n{listed}", "Choose one by --profile.")
    try:
        return library.profile(name, options)
    except InvalidRules as error:
        raise OperatorError(f"{rules}: {error}.", "Choose a profile that it has.") from None


def _option(said: str) -> tuple[str, str]:
    name, equals, option = said.partition("=")
    if not equals:
        raise OperatorError(f"{said} is no VARIABLE=OPTION.", "Write --set var_sshd_set_keepalive=3.")
    return name, option


def _library(path: Path) -> Library:
    from garrison.scan.benchmarks import InvalidRules, read_rules

    try:
        return read_rules(path.read_bytes())
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", "Give the path of a rule file.") from None
    except InvalidRules as error:
        raise OperatorError(f"{path} is no rule file: {error}.", "See docs/benchmarks.md for its form.") from None


def _waivers(named: Path | None, home: Path | None) -> tuple[Waiver, ...]:
    """Of a file, or of the home's where none is named."""
    from garrison.scan.benchmarks import InvalidWaivers, read_waivers

    path = named or home_of(home).path / "waivers.toml"
    if named is None and not path.exists():
        return ()
    try:
        return read_waivers(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} cannot be read: {error}.", "Give the path of a TOML file.") from None
    except InvalidWaivers as error:
        raise OperatorError(f"{path}: {error}.", "Put the waiver right; docs/benchmarks.md shows one.") from None


def _print(profile: Profile, shown: Iterable[Check], numbers: Counter[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    drawn = Table(title=profile.title, title_justify="left", show_lines=True)
    for column in ("Verdict", "Severity", "Rule", "Evidence", "Fix"):
        drawn.add_column(column, overflow="fold")
    for check in sorted(shown, key=lambda one: (one.verdict.value, -RANKS.index(one.severity))):
        rule = f"{check.title}\n{check.rule}"
        drawn.add_row(*map(plain, (check.verdict.value, check.severity, rule, check.evidence, check.fix[:500])))
    console = Console()
    console.print(drawn)
    console.print(", ".join(f"{name} {number}" for name, number in sorted(numbers.items())))


def _exit_code(checks: Iterable[Check], fail_on: FailOn, strict: bool) -> Exit:
    """4 where a rule of that severity or a higher one fails, or, if strict, where one is unknown."""
    verdicts = list(checks)
    if strict and any(check.verdict == "unknown" for check in verdicts):
        return Exit.ATTENTION
    if fail_on is FailOn.NEVER:
        return Exit.OK
    least = RANKS.index(fail_on.value)
    failed = (check for check in verdicts if check.verdict == "fail")
    return Exit.ATTENTION if any(RANKS.index(check.severity) >= least for check in failed) else Exit.OK
