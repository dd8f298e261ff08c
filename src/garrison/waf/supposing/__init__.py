"""What a web ACL would decide about a request of which not all is known: every decision that is possible, and why it is not certain."""

from garrison.waf.supposing.supposer import Supposed, Supposer, Way

__all__ = ["Supposed", "Supposer", "Way"]
