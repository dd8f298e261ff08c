"""The narrowest change of a web ACL that lets a false positive pass, and the proof that it lets pass little else."""

from garrison.waf.tuning.attacks import Attack, attacks_around
from garrison.waf.tuning.exceptions import Exemption, exemptions_for
from garrison.waf.tuning.proposing import Proposal, Untunable, propose

__all__ = ["Attack", "Exemption", "Proposal", "Untunable", "attacks_around", "exemptions_for", "propose"]
