"""What rules about auditd share: is a call, or an access to a path, recorded?"""

from __future__ import annotations

from collections.abc import Callable

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.audit import AuditRule, first_user, rules

_64_BITS = frozenset({"amd64", "x86_64", "arm64", "aarch64", "ppc64el", "ppc64le", "s390x", "riscv64"})


def architectures(host: Host) -> list[str]:
    """Under which names the kernel takes calls: a 64-bit one takes both."""
    return ["b64", "b32"] if host.inventory.platform.architecture in _64_BITS else ["b32"]


def recorded(host: Host, what: str, tests: list[tuple[str, Callable[[AuditRule], bool]]]) -> Outcome:
    """Pass where each of the tests, named by what it looks for, holds for some rule."""
    if host.is_image():
        return not_applicable("an image has no kernel of its own to audit")
    found = host.once(rules)
    places = []
    for name, test in tests:
        rule = next((rule for rule in found if test(rule)), None)
        if rule is None:
            audits = host.package("auditd", "audit") is not None or host.is_there("/etc/audit")
            return fails(
                f"no audit rule records {name}" if audits else f"auditd is not installed: nothing records {what}"
            )
        places.append(rule.place)
    return passes(f"{places[0]}: records {what}")


def records_call(host: Host, syscall: str) -> Outcome:
    """Every call of it by people, under each of the kernel's architectures."""
    users = first_user(host)

    def test(architecture: str) -> Callable[[AuditRule], bool]:
        return lambda rule: rule.records(syscall, architecture, users)

    return recorded(host, syscall, [(f"{syscall} ({one})", test(one)) for one in architectures(host)])


def records_refused_call(host: Host, syscall: str) -> Outcome:
    """Every call of it that was refused to people: with EACCES and with EPERM."""
    users = first_user(host)

    def test(architecture: str, error: str) -> Callable[[AuditRule], bool]:
        def holds(rule: AuditRule) -> bool:
            is_about_it = not rule.values("exit") or f"-{error}" in rule.values("exit")
            return (
                is_about_it
                and "1" not in rule.values("success")
                and rule.records(syscall, architecture, users, frozenset({"exit", "success"}))
            )

        return holds

    wanted = [(one, error) for one in architectures(host) for error in ("EACCES", "EPERM")]
    return recorded(
        host,
        f"refused {syscall}",
        [(f"{syscall} refused with {error} ({one})", test(one, error)) for one, error in wanted],
    )


def records_access(host: Host, path: str, permissions: str) -> Outcome:
    """Every access of these kinds (`wa`: writing and changing attributes, `x`: running) to a path."""
    return recorded(
        host, f"{path} ({permissions})", [(f"{path} ({permissions})", lambda rule: rule.watches(path, permissions))]
    )
