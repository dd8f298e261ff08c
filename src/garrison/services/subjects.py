"""Subjects of messages as SNS takes them (API reference, "Publish")."""

from __future__ import annotations

LONGEST_SUBJECT = 100


def plain_subject(text: str) -> str:
    """A text as a subject: printable ASCII, cut where it is too long."""
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in text)[:LONGEST_SUBJECT]
