"""Lines of passwd, group and shadow, as inventory and benchmarks both read them."""

from __future__ import annotations

import pytest

from garrison.scan.syntax.accounts import accounts, groups, shadows


def test_lines_tell_of_users_and_where_they_stand() -> None:
    lines = [
        "# local",
        "",
        "root:x:0:0:root:/root:/bin/bash",
        "short:x:1",
        "odd:x:a:0::/:/bin/sh",
        "  db::-2:7::/:/bin/false",
    ]
    first, second = accounts(lines)
    assert (first.name, first.uid, first.home, first.shell, first.place) == (
        "root",
        0,
        "/root",
        "/bin/bash",
        "/etc/passwd:3",
    )
    assert first.may_sign_in and not second.may_sign_in
    assert (second.name, second.uid, second.gid, second.password.is_empty) == ("db", -2, 7, True)
    [group] = groups(["docker:x:999:ana,,ben"])
    assert (group.name, group.gid, group.members) == ("docker", 999, ("ana", "ben"))


@pytest.mark.parametrize(
    ("field", "shown", "is_set", "is_hash", "scheme"),
    [
        ("", "", False, False, ""),
        ("x", "x", True, False, ""),
        ("*", "*", False, False, ""),
        ("!$6$salt$hash", "hash", False, False, ""),
        ("$6$salt$hash", "hash", True, True, "6"),
        ("$y$j9T$salt$hash", "hash", True, True, "y"),
        ("abcdefghijklm", "hash", True, True, ""),
        ("short", "hash", True, False, ""),
    ],
)
def test_a_password_is_known_by_its_kind_alone(
    field: str, shown: str, is_set: bool, is_hash: bool, scheme: str
) -> None:
    [user] = shadows([f"ana:{field}:19000:0:99999:7:::"])
    found = user.password
    assert (found.shown, found.is_set, found.is_hash, found.scheme) == (shown, is_set, is_hash, scheme)
    assert len(field) < 3 or field not in repr(user)
    assert (user.changed, user.least, user.most, user.warn, user.inactive) == (19000, 0, 99999, 7, None)


def test_a_short_line_of_shadow_tells_of_the_password_where_that_is_enough() -> None:
    assert [*shadows(["ana:*"])] == []
    [user] = shadows(["ana:*"], least_fields=2)
    assert (user.password.is_barred, user.changed, user.inactive) == (True, None, None)
