"""One kernel parameter, now and after the next boot."""

from __future__ import annotations

from collections.abc import Callable

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, passes
from garrison.scan.benchmarks.patterns import Pattern
from garrison.scan.benchmarks.readers.sysctl import configured, running


@kind("sysctl")
def sysctl(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the running kernel has another value, or the files set another or none for the next boot.

    Arguments: `sysctlvar`, the key; `sysctlval`, one value or a list of allowed ones, without it the profile's variable
    `sysctl_KEY_value`; `operation` `pattern match` with `sysctlval_regex`. Our own: `default`, what the kernel has when no file sets
    anything, so that a parameter nobody touched is judged by it; `runtime` `true`, the running kernel's value alone decides where there is one.
    """
    key = arguments.text("sysctlvar")
    is_right = _wanted(key, arguments)
    now, later = running(host, key), host.once(configured).value(key)
    if now is not None and not is_right(now.value):
        return fails(f"{now.place}: {now.value}")
    if now is not None and (arguments.flag("runtime") or (later is None and "default" in arguments)):
        return passes(f"{now.place}: {now.value}")
    if later is None:
        default = arguments.text("default", "")
        said = f"{key} is set in no file" + (f", the kernel's default is {default}" if default else "")
        return passes(said) if default and is_right(default) else fails(said)
    return (passes if is_right(later.value) else fails)(f"{later.place}: {key} = {later.value}")


def _wanted(key: str, arguments: Arguments) -> Callable[[str], bool]:
    if arguments.text("operation", "") == "pattern match":
        return Pattern(arguments.text("sysctlval_regex")).is_whole
    if "sysctlval" in arguments:
        allowed = arguments.texts("sysctlval")
    else:
        allowed = [arguments.value(f"sysctl_{key.replace('.', '_').replace('-', '_')}_value")]
    plain = {_plain(one) for one in allowed}
    return lambda value: _plain(value) in plain


def _plain(value: str) -> str:
    """The same number is the same value however it is written."""
    words = value.split()
    return " ".join(str(int(word)) if word.isascii() and word.isdigit() and len(word) < 20 else word for word in words)
