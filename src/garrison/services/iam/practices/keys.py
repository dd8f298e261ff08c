"""Practices about access keys and what nobody uses."""

from __future__ import annotations

from garrison.services.iam.practices.practice import Verdict, View, practice

UNUSED_DAYS = 45
UNUSED_ROLE_DAYS = 90
OLD_DAYS = 90

_IAM = "aws --profile garrison iam"


@practice("unused-credentials")
def unused_credentials(view: View) -> Verdict:
    """Every password and active key was used, or made, within 45 days."""
    found: list[tuple[str, str]] = []
    for user in view.users:
        profile = view.profile(user)
        if profile is not None:
            idle = view.days_since(view.password_used_at(user) or profile.changed_at)
            if idle >= UNUSED_DAYS:
                fix = f"{_IAM} delete-login-profile --user-name {user.name}"
                found.append((f"user {user.name}'s password is unused for {idle} days", fix))
        for key in view.keys(user):
            idle = view.days_since(view.key_used_at(key) or key.created_at)
            if idle >= UNUSED_DAYS:
                fix = f"{_IAM} update-access-key --user-name {user.name} --access-key-id {key.access_key_id} --status Inactive"
                found.append((f"user {user.name}'s key {key.access_key_id} is unused for {idle} days", fix))
    return Verdict(tuple(what for what, _ in found), found[0][1] if found else "")


@practice("unused-roles")
def unused_roles(view: View) -> Verdict:
    """Every role was used, or made, within 90 days."""
    idle: list[tuple[str, int]] = []
    for role in view.roles:
        used = view.recent.last_used(role.unique_id)
        days = view.days_since(used.at if used is not None else role.created_at)
        if days >= UNUSED_ROLE_DAYS:
            idle.append((role.name, days))
    evidence = tuple(f"role {name} is unused for {days} days" for name, days in idle)
    return Verdict(evidence, f"{_IAM} delete-role --role-name {idle[0][0]}" if idle else "")


@practice("access-key-age")
def age(view: View) -> Verdict:
    """No active key is older than 90 days."""
    old = [
        (user.name, key.access_key_id, days)
        for user in view.users
        for key in view.keys(user)
        if (days := view.days_since(key.created_at)) >= OLD_DAYS
    ]
    evidence = tuple(f"user {name}'s key {key_id} is {days} days old" for name, key_id, days in old)
    return Verdict(
        evidence, f"{_IAM} create-access-key --user-name {old[0][0]}, then delete the old one" if old else ""
    )


@practice("one-access-key")
def one_key(view: View) -> Verdict:
    """Nobody has two active keys."""
    several = [(user.name, keys) for user in view.users if len(keys := view.keys(user)) > 1]
    evidence = tuple(f"user {name} has {len(keys)} active keys" for name, keys in several)
    if not several:
        return Verdict()
    name, keys = several[0]
    oldest = min(keys, key=lambda key: key.created_at).access_key_id
    return Verdict(evidence, f"{_IAM} delete-access-key --user-name {name} --access-key-id {oldest}")


@practice("roles-instead-of-keys")
def roles_instead(view: View) -> Verdict:
    """Nobody has a long-term key: sessions are had by sign-in, federation and roles."""
    holders = [(user.name, view.keys(user)) for user in view.users if view.keys(user)]
    evidence = tuple(f"user {name} has the long-term key {key.access_key_id}" for name, keys in holders for key in keys)
    fix = "Make a role with what the program needs, let it assume that role, and delete the key" if holders else ""
    return Verdict(evidence, fix)
