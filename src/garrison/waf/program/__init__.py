"""A web ACL as one program: compiled once, then asked about every request, by any number of threads."""

from garrison.waf.program.compiling import compile_program
from garrison.waf.program.program import Program
from garrison.waf.statements import RateRule, Refused

__all__ = ["Program", "RateRule", "Refused", "compile_program"]
