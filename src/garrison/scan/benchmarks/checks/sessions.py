"""What a session begins with: umask, an end when nobody types, and how passwords are kept and asked for."""

from __future__ import annotations

import re

from garrison.scan.benchmarks.checks.passwords import remembered
from garrison.scan.benchmarks.comparison import number
from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind, whole
from garrison.scan.benchmarks.outcome import Outcome, decided, fails, named, not_applicable, passes
from garrison.scan.benchmarks.readers import accounts, pam, settings
from garrison.scan.benchmarks.readers.sudoers import sudoers

_UMASK = re.compile(r"\s*umask\s+([0-7]{1,4})\b")
_TMOUT = re.compile(r"(?:^|[\s;])TMOUT=([0-9]{1,9})\b")
_STRONG = {"yescrypt": "y", "sha512": "6", "gost_yescrypt": "gy"}
_MODULES = ("pam_unix.so",)


def _profiles(host: Host) -> list[str]:
    return ["/etc/profile", *host.files("/etc/profile.d", ".sh"), "/etc/bash.bashrc", "/etc/bashrc"]


def _found(host: Host, pattern: re.Pattern[str]) -> list[Setting]:
    found = []
    for path in _profiles(host):
        for place, line in enumerate(host.lines(path) or (), 1):
            text = line[:2_048]
            if not text.lstrip().startswith("#") and (match := pattern.search(text)) is not None:
                found.append(Setting(match[1], f"{path}:{place}"))
    return found


@kind("umask")
def umask(host: Host, arguments: Arguments) -> Outcome:
    """Fails where new files of a session are open to more people than `umask` (octal, 027) leaves, by login.defs or a shell's profile."""
    wanted = arguments.octal("umask")
    said = host.once(settings.login_defs).get("UMASK")
    everything = [*([said] if said is not None else []), *_found(host, _UMASK)]
    if not everything:
        return fails("/etc/login.defs: UMASK is not set")
    wrong = [one for one in everything if not set(one.value) <= set("01234567") or wanted & ~int(one.value, 8)]
    return decided(not wrong, named(f"{one.place}: umask {one.value}" for one in wrong or everything))


@kind("shell_timeout")
def shell_timeout(host: Host, arguments: Arguments) -> Outcome:
    """Fails where shells do not end by themselves after at most `most` seconds without input (TMOUT)."""
    found = _found(host, _TMOUT)
    if not found:
        return fails("/etc/profile: TMOUT is not set")
    wrong = [one for one in found if not 0 < int(one.value) <= arguments.whole("most")]
    return decided(not wrong, named(f"{one.place}: TMOUT={one.value}" for one in wrong or found))


@kind("login_defs_number")
def login_defs_number(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `name` of login.defs is not set, or not within `least` and `most`: numbers, or with `_variable` behind them, variables."""
    name = arguments.text("name")
    said = host.once(settings.login_defs).get(name)
    if said is None:
        return fails(f"/etc/login.defs: {name} is not set")
    value = number(said.value)
    least, most = _bound(arguments, "least", -(10**9)), _bound(arguments, "most", 10**9)
    return decided(value is not None and least <= value <= most, f"{said.place}: {name} {said.value}")


def _bound(arguments: Arguments, name: str, default: int) -> int:
    if f"{name}_variable" in arguments:
        return whole(arguments.value(arguments.text(f"{name}_variable")), name)
    return arguments.whole(name, default)


@kind("password_minimum_age")
def password_minimum_age(host: Host, arguments: Arguments) -> Outcome:
    """Fails for somebody with a password that may be changed again in less than `least` days."""
    least = arguments.whole("least", 1)
    wrong = [user for user in host.once(accounts.shadow) if user.password.is_set and (user.least or 0) < least]
    return decided(
        not wrong,
        named(f"{user.place}: {user.name} after {user.least or 0} days" for user in wrong)
        or "every password stays a while",
    )


@kind("password_changed_in_past")
def password_changed_in_past(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for a password said to be changed on day 0, or after all days (99999 on): its age then means nothing. No arguments."""
    wrong = [
        user for user in host.once(accounts.shadow) if user.password.is_set and not 0 < (user.changed or 0) < 99_999
    ]
    return decided(not wrong, named(f"{user.place}: {user.name}" for user in wrong) or "every password has its day")


@kind("inactive_accounts")
def inactive_accounts(host: Host, arguments: Arguments) -> Outcome:
    """Fails where new accounts are not locked within `most` days after their password ran out (INACTIVE of /etc/default/useradd)."""
    said = settings.assigned(host, ["/etc/default/useradd"]).get("INACTIVE")
    if said is None:
        return fails("/etc/default/useradd: INACTIVE is not set")
    days = number(said.value)
    return decided(days is not None and 0 <= days <= arguments.whole("most"), f"{said.place}: INACTIVE={said.value}")


@kind("password_hashing")
def password_hashing(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where passwords are hashed with less than SHA-512 or yescrypt: by pam_unix, login.defs, or in a hash that is kept. No arguments."""
    weak = [
        user
        for user in host.once(accounts.shadow)
        if user.password.is_set and user.password.scheme not in (*_STRONG.values(), "7")
    ]
    if weak:
        return fails(
            named(
                f"{user.place}: {user.name}'s hash is of an old kind ({user.password.scheme or 'DES'})" for user in weak
            )
        )
    for line in host.once(pam.system):
        if line.kind == "password" and line.module in _MODULES:
            return decided(
                bool(set(line.arguments) & set(_STRONG)), f"{line.place}: {line.module} {' '.join(line.arguments)}"
            )
    said = host.once(settings.login_defs).get("ENCRYPT_METHOD")
    if said is None:
        return fails("/etc/login.defs: ENCRYPT_METHOD is not set")
    return decided(said.value.lower() in _STRONG, f"{said.place}: ENCRYPT_METHOD {said.value}")


@kind("null_passwords")
def null_passwords(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where pam_unix lets an empty password in (`nullok`). No arguments."""
    wrong = [line for line in host.once(pam.system) if line.module == "pam_unix.so" and "nullok" in line.arguments]
    return decided(not wrong, named(f"{line.place}: nullok" for line in wrong) or "no nullok")


@kind("pam_module")
def pam_module(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `module` is in no shared stack of `type`, lacks one of `arguments` there, or has one of `without`."""
    module, kind_ = arguments.text("module"), arguments.text("type")
    lines = [line for line in host.once(pam.system) if line.module == module and line.kind == kind_]
    if not lines:
        return fails(f"{module} is in no PAM stack for {kind_}")
    for name in arguments.texts("arguments") if "arguments" in arguments else []:
        if all(line.argument(name) is None for line in lines):
            return fails(f"{lines[0].place}: {module} without {name}")
    for name in arguments.texts("without") if "without" in arguments else []:
        wrong = [line for line in lines if line.argument(name) is not None]
        if wrong:
            return fails(f"{wrong[0].place}: {module} with {name}")
    return passes(f"{lines[0].place}: {module} {' '.join(lines[0].arguments)}".rstrip())


@kind("remembered_passwords")
def remembered_passwords(host: Host, arguments: Arguments) -> Outcome:
    """Fails where fewer than `least` old passwords are refused."""
    kept = remembered(host)
    if kept is None:
        return fails("no PAM module remembers old passwords")
    return decided((number(kept.value) or 0) >= arguments.whole("least"), f"{kept.place}: remember={kept.value}")


@kind("sudo_without_password")
def sudo_without_password(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for a rule of sudo that asks for no password (`NOPASSWD`), or Defaults that turn asking off. No arguments."""
    found = host.once(sudoers)
    if not found.is_installed:
        return not_applicable("sudo is not installed")
    off = found.defaults.get("authenticate")
    if off is not None and off.value == "no":
        return fails(f"{off.place}: Defaults !authenticate")
    wrong = [rule for rule in found.rules if "NOPASSWD" in rule.value or "!authenticate" in rule.value]
    return decided(
        not wrong,
        named(f"{rule.place}: {rule.value[:120]}" for rule in wrong) or "sudo asks everybody for their password",
    )


@kind("su_is_for_a_group")
def su_is_for_a_group(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where anybody may try root's password with su: pam_wheel is not required in /etc/pam.d/su. No arguments."""
    if not host.is_there("/etc/pam.d/su"):
        return not_applicable("there is no su")
    for line in pam.file_lines(host, "/etc/pam.d/su"):
        if line.module == "pam_wheel.so" and line.kind == "auth" and line.control in ("required", "requisite"):
            return passes(f"{line.place}: {line.control} pam_wheel.so")
    return fails("/etc/pam.d/su: pam_wheel.so is not required")
