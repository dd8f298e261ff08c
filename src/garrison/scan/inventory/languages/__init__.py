"""Packages of languages, found by what their installers leave beside them; one walk of the tree for all of them."""

from garrison.scan.inventory.languages.finding import Finder, packages

__all__ = ["Finder", "packages"]
