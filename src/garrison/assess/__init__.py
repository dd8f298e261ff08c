"""Assess an account: which rules to apply, what to collect for them, what they find, how good it is, and how to show it.

chosen = choose(managed_rules(), packs=[NamedPack("pci", pack)])
assessment = assess(chosen, results, at=clock.now())
assessment.findings, assessment.scores.by_pack
"""

from garrison.assess.assessment import Assessment, assess
from garrison.assess.choosing import Chosen, NamedPack, choose
from garrison.assess.permissions import policy_for
from garrison.assess.scores import Score, Scores

__all__ = ["Assessment", "Chosen", "NamedPack", "Score", "Scores", "assess", "choose", "policy_for"]
