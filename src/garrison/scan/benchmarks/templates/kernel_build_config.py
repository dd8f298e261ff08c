"""An option that the kernel was built with."""

from __future__ import annotations

from garrison.scan.benchmarks.applicability import has_kernel
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, decided, not_applicable
from garrison.scan.benchmarks.readers.kernel import configurations


@kind("kernel_build_config")
def kernel_build_config(host: Host, arguments: Arguments) -> Outcome:
    """Fails where an installed kernel was built with another value of `config` (`CONFIG_BUG`) than `value`, or than the profile's `variable`.

    `y`, `n` (also: not mentioned), or a text.
    """
    option = arguments.text("config")
    wanted = arguments.value(arguments.text("variable")) if "variable" in arguments else arguments.text("value")
    found = host.once(configurations)
    if not found:
        if has_kernel(host):
            raise Unreadable("no kernel says how it was built (/boot/config-*)")
        return not_applicable("no kernel is installed")
    said = [
        f"{options[option].place}: {option}={options[option].value}"
        if option in options
        else f"{path}: {option} is not set"
        for path, options in found.items()
    ]
    values = [options[option].value if option in options else "n" for options in found.values()]
    wrong = [text for text, value in zip(said, values, strict=True) if value != wanted]
    return decided(not wrong, (wrong or said)[0])
