"""Known vulnerabilities: the local database, and which packages of an inventory it names.

found, gaps = Database(home / FILE_NAME).match(inventory)
"""

from garrison.scan.vulnerabilities.vulnerability import Affected, Gap, Score, Vulnerability

__all__ = ["Affected", "Gap", "Score", "Vulnerability"]
