"""Garrison: a security account that you run yourself, behind AWS's own wire APIs."""

__version__ = "0.1.0"
