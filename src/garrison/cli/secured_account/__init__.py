"""The secured account that `garrison init` makes: a stack of our own template, and what no template can say, set beside it."""

from __future__ import annotations

from importlib.resources import files

from garrison.cli.secured_account.beside import Setting, settings_beside
from garrison.cli.secured_account.stack import SecuredStack

__all__ = ["SecuredStack", "Setting", "settings_beside", "template_text"]


def template_text() -> str:
    """The template of the stack, as YAML."""
    return (files("garrison.cli.secured_account") / "template.yaml").read_text()
