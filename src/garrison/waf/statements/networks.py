"""IP sets, countries and autonomous systems: what is asked about the client's address."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from garrison.waf.addresses import AddressSet, address_number
from garrison.waf.decision import Evidence
from garrison.waf.document.statements import AsnMatchStatement, GeoMatchStatement, IPSetReferenceStatement
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import StatementStep
from garrison.waf.managed import LIST_PREFIX
from garrison.waf.networks import Networks
from garrison.waf.statements.clients import Client, client
from garrison.waf.statements.matcher import Matcher, Refused, Setting

_NOWHERE = "XX"
"""Stands in labels where a country or region is not known."""


class _OfClient(ABC):
    """What the statements about an address share: the fallback, and silence where the header is missing."""

    __slots__ = ("_client",)
    condition = ""
    kind = ""

    def __init__(self, asked: Client) -> None:
        self._client = asked

    @abstractmethod
    def asks(self, evaluation: Evaluation, address: str) -> bool:
        """Whether the statement matches an address."""

    @abstractmethod
    def answer(self, evaluation: Evaluation, address: str) -> str:
        """What is known about the address, in words."""

    def matches(self, evaluation: Evaluation) -> bool | None:
        addresses = self._client.addresses(evaluation.request)
        if addresses is None:
            return None
        if not addresses:
            return self._client.fallback
        return any(self.asks(evaluation, address) for address in addresses)

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        for address in self._client.addresses(evaluation.request) or ():
            if self.asks(evaluation, address):
                yield Evidence(self.condition, "", address)
                return
        yield Evidence(self.condition, "")

    def explain(self, evaluation: Evaluation) -> StatementStep:
        addresses = self._client.addresses(evaluation.request)
        if addresses is None:
            why = f"the header is missing: {self._client.text}"
        elif not addresses:
            why = f"there is no valid address in {self._client.text}"
        else:
            why = "; ".join(f"{address} {self.answer(evaluation, address)}" for address in addresses)
        return StatementStep(self.kind, self.matches(evaluation), why)


class InAddressSet(_OfClient):
    """An IP set."""

    __slots__ = ("_name", "_set")
    condition = "IP"
    kind = "IPSetReference"

    def __init__(self, asked: Client, addresses: AddressSet, name: str) -> None:
        super().__init__(asked)
        self._set = addresses
        self._name = name

    def asks(self, evaluation: Evaluation, address: str) -> bool:
        number = address_number(address)
        return number is not None and number in self._set

    def answer(self, evaluation: Evaluation, address: str) -> str:
        return f"is {'' if self.asks(evaluation, address) else 'not '}in {self._name}"


class InCountry(_OfClient):
    """Countries. Labels the request whether it matches or not."""

    __slots__ = ("_codes", "_networks")
    condition = "GEO"
    kind = "GeoMatch"

    def __init__(self, asked: Client, codes: frozenset[str], networks: Networks) -> None:
        super().__init__(asked)
        self._codes = codes
        self._networks = networks

    def asks(self, evaluation: Evaluation, address: str) -> bool:
        place, prefix = self._networks.place(address), self._client.prefix
        country = place.country or _NOWHERE
        evaluation.pending += (
            f"{prefix}geo:country:{country}",
            f"{prefix}geo:region:{country}-{place.region or _NOWHERE}",
        )
        return place.country in self._codes

    def answer(self, evaluation: Evaluation, address: str) -> str:
        place = self._networks.place(address)
        return f"is in {place.country or 'no known country'}{'-' if place.region else ''}{place.region}"


class InSystem(_OfClient):
    """Autonomous systems; 0 stands for addresses whose system is not known."""

    __slots__ = ("_networks", "_numbers")
    condition = "ASN"
    kind = "AsnMatch"

    def __init__(self, asked: Client, numbers: frozenset[int], networks: Networks) -> None:
        super().__init__(asked)
        self._numbers = numbers
        self._networks = networks

    def asks(self, evaluation: Evaluation, address: str) -> bool:
        return self._networks.asn(address) in self._numbers

    def answer(self, evaluation: Evaluation, address: str) -> str:
        return f"is in AS{self._networks.asn(address)}"


def ip_set(statement: IPSetReferenceStatement, setting: Setting) -> Matcher:
    """An IP set of the account, or a list of a managed rule group, which is empty where the operator supplies none."""
    arn = statement.arn
    found = setting.ip_sets.get(arn)
    if found is None:
        networks = setting.bundle.ip_sets.get(arn, () if arn.startswith(LIST_PREFIX) else None)
        if networks is None:
            raise Refused(f"{setting.place}: there is no IP set {arn}")
        found = setting.ip_sets[arn] = AddressSet(networks)
    return InAddressSet(client(statement.forwarded_ip_config), found, arn.split(":")[-1])


def geo_match(statement: GeoMatchStatement, setting: Setting) -> Matcher:
    """Countries by their ISO 3166 codes."""
    return InCountry(client(statement.forwarded_ip_config), frozenset(statement.country_codes), setting.networks)


def asn_match(statement: AsnMatchStatement, setting: Setting) -> Matcher:
    """Autonomous systems by number."""
    return InSystem(client(statement.forwarded_ip_config), frozenset(statement.asn_list), setting.networks)
