"""What AWS WAF refuses about rules, actions, expressions and addresses: pure functions that give the problems they find."""

from garrison.waf.validation.actions import action_problems
from garrison.waf.validation.addresses import networks
from garrison.waf.validation.problems import Problem
from garrison.waf.validation.regexes import problem_of
from garrison.waf.validation.rules import rule_problems
from garrison.waf.validation.settings import setting_problems

__all__ = ["Problem", "action_problems", "networks", "problem_of", "rule_problems", "setting_problems"]
