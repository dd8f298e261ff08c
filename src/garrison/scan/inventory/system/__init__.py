"""What the distribution's own package database says: dpkg, rpm, apk."""

from garrison.scan.inventory.system.packages import packages

__all__ = ["packages"]
