"""Practices about root."""

from __future__ import annotations

from garrison.services.iam.practices.practice import Verdict, View, practice

RECENT_DAYS = 30


@practice("root-access-key")
def no_access_key(view: View) -> Verdict:
    """Root has no active access key."""
    keys = tuple(
        f"root's key {key.access_key_id}, {view.days_since(key.created_at)} days old" for key in view.keys(None)
    )
    return Verdict(keys, "garrison root delete-key" if keys else "")


@practice("root-mfa")
def mfa(view: View) -> Verdict:
    """Root has a device if there is anything that it could sign in with."""
    if view.has_mfa(None) or not (view.keys(None) or view.profile(None)):
        return Verdict()
    return Verdict(("root can sign in, and has no MFA device",), "garrison root mfa enable")


@practice("root-unused")
def is_unused(view: View) -> Verdict:
    """Neither root's password nor its keys were used within a month."""
    used = [
        ("password", view.password_used_at(None)),
        *((key.access_key_id, view.key_used_at(key)) for key in view.keys(None)),
    ]
    recent = tuple(
        f"root's {what} was used {view.days_since(at)} days ago"
        for what, at in used
        if at is not None and view.days_since(at) < RECENT_DAYS
    )
    return Verdict(recent, "garrison root delete-key && garrison root delete-password" if recent else "")
