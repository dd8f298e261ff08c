"""Recipes that install the agent: for systemd by hand, EC2 user data, CloudFormation, Ansible, Chef, Puppet and Salt."""

from __future__ import annotations

from garrison.cli.recipes.writing import FORMATS, Files, Wanted, write

__all__ = ["FORMATS", "Files", "Wanted", "write"]
