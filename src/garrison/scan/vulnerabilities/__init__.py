"""Known vulnerabilities: the local database, and which packages of an inventory it names."""

from garrison.scan.vulnerabilities.vulnerability import Affected, Score, Vulnerability

__all__ = ["Affected", "Score", "Vulnerability"]
