"""Conformance packs."""
