"""What the distribution's own package database says: dpkg, rpm, apk."""

from garrison.scan.inventory.system.packages import owners, packages

__all__ = ["owners", "packages"]
