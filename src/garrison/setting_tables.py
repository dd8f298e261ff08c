"""The settings that only `garrison.toml` sets: what the entries of its tables say."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

ONLY_IN_THE_FILE = frozenset(
    {
        "audit_principals",
        "cloudhsm",
        "collected_accounts",
        "console_providers",
        "custom_rules",
        "custom_rules_may_lack",
        "ephemeral",
        "key_store",
        "log_commands",
        "root_key_token",
        "settable_clock",
        "sigma_placeholders",
        "upstreams",
    }
)
"""What takes an account's guard down or throws it away: a variable left over in a shell must not do that. And tables."""


class Upstream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a service's calls go that Garrison does not answer itself: a table `[upstreams.ec2]` of `garrison.toml`."""

    endpoint: Annotated[str, Meta(pattern=r"^https?://[!-~]+$")]
    """The URL of an AWS-compatible endpoint."""
    credentials_file: str
    """Path of a file (0600) with `aws_access_key_id`, `aws_secret_access_key` and maybe `aws_session_token`, as in `[default]`."""
    region: str = ""
    """The region that requests are signed for; empty for the called one."""
    role_arn: str = ""
    """A role of the upstream that is assumed for each caller, with the caller as its SourceIdentity; empty for none."""
    sts_endpoint: str = ""
    """Where the role is assumed; empty for `endpoint`."""


class CollectedAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an AWS account is read that is kept up to date: a table `[collected_accounts.111122223333]` of `garrison.toml`."""

    profile: str = ""
    """A profile of the credentials file; empty for the default one."""
    credentials_file: str = ""
    """Path of an AWS shared-credentials file; empty for AWS's usual chain of credentials."""
    role_arn: str = ""
    """A role that is assumed first; empty for none."""
    external_id: str = ""
    """What the role's trust policy asks for; empty for nothing."""
    endpoint: str = ""
    """A URL that is called in place of AWS's; empty for AWS."""


class CustomRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that Config rules may refer to: a table `[custom_rules.NAME]` of `garrison.toml`."""

    command: Annotated[tuple[str, ...], Meta(min_length=1)]
    """The program by its full path, and its arguments."""
    seconds: Annotated[float, Meta(gt=0, le=900)] = 30.0
    """How long one evaluation may take; AWS Lambda's own bound is 900."""
    cpu_seconds: Annotated[int, Meta(ge=1, le=900)] = 10
    """How much of a processor's time each of its processes may use."""
    memory_bytes: Annotated[int, Meta(ge=16 * 1024 * 1024)] = 256 * 1024 * 1024
    """How much address space each of its processes may have."""
    processes: Annotated[int, Meta(ge=1, le=1024)] = 16
    """How many processes and threads it may have at once."""


class ConsoleProvider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An identity provider that the console's sign-in page offers: a table `[console_providers.NAME]` of `garrison.toml`."""

    provider: Annotated[str, Meta(pattern=r"^arn:aws:iam::[0-9]{12}:(saml|oidc)-provider/[!-~]+$")]
    """The ARN of the provider in IAM."""
    url: Annotated[str, Meta(pattern=r"^(https?://[!-~]+)?$")] = ""
    """Of a SAML provider: the page at which people sign in to come here."""
    client_id: Annotated[str, Meta(max_length=255)] = ""
    """Of an OpenID Connect provider: what it knows the console as; among the provider's client ids in IAM."""
    client_secret_file: str = ""
    """Path of a file (0600) with the client's secret; empty for a public client, which PKCE alone proves."""
    role: Annotated[str, Meta(pattern=r"^(arn:aws:iam::[0-9]{12}:role/[!-~]+)?$")] = ""
    """The ARN of the role that its people have here; the role's trust policy says which of them."""
    scope: Annotated[str, Meta(pattern=r"^openid( [!-~]+)*$")] = "openid email"
    """What is asked for."""

    @property
    def kind(self) -> Literal["saml", "oidc"]:
        """Which protocol it speaks."""
        return "saml" if ":saml-provider/" in self.provider else "oidc"

    def __post_init__(self) -> None:
        needed = {"url": self.url} if self.kind == "saml" else {"client_id": self.client_id, "role": self.role}
        for name, value in needed.items():
            if not value:
                raise ValueError(f"a provider of this kind needs {name}")


class KeyStoreChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where KMS keeps the material of keys that are in no custom key store: the table `[key_store]` of `garrison.toml`."""

    kind: Literal["software", "pkcs11"] = "software"
    """`software`: sealed under the root key. `pkcs11`: in a token, which it never leaves. Keys stay where they were made."""
    module: str = ""
    """Path of the PKCS#11 module."""
    token: Annotated[str, Meta(max_length=32)] = ""
    """The label of the token; no other token of the module has it."""
    softhsm: bool = False
    """Make the token where it is missing: of SoftHSM, in `hsm` in the home, or where `SOFTHSM2_CONF` says."""
    pin_file: str = ""
    """Path of a file (0600) with the PIN of the token's user."""
    pin_variable: str = ""
    """Name of an environment variable with the PIN, in place of a file."""


class RootKeyToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token whose key wraps the root key: the table `[root_key_token]` of `garrison.toml`."""

    module: str = ""
    """Path of the PKCS#11 module; empty where the root key is kept in clear."""
    token: Annotated[str, Meta(max_length=32)] = ""
    """The label of the token; no other token of the module has it."""
    softhsm: bool = False
    """Make the token where it is missing: of SoftHSM, in `hsm` in the home, or where `SOFTHSM2_CONF` says."""
    pin_file: str = ""
    """Path of a file (0600) with the PIN of the token's user."""
    pin_variable: str = ""
    """Name of an environment variable with the PIN, in place of a file."""


class HsmToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token that CloudHSM may take for an HSM: a table `[[cloudhsm.tokens]]` of `garrison.toml`."""

    label: Annotated[str, Meta(min_length=1, max_length=32)]
    """The token's label; no other token of the module has it."""
    pin_file: str = ""
    """Path of a file (0600) with the PIN of the token's user."""
    pin_variable: str = ""
    """Name of an environment variable with the PIN, in place of a file."""
    group: str = ""
    """A name that tokens share whose vendor keeps the same keys in all of them; a cluster of several HSMs needs one."""


class CloudHsmTokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What CloudHSM makes its HSMs of: the table `[cloudhsm]` of `garrison.toml`."""

    module: str = ""
    """Path of the PKCS#11 module; empty where there are no HSMs."""
    softhsm: bool = False
    """Make tokens of SoftHSM on demand, in `hsm` in the home, or where `SOFTHSM2_CONF` says; `module` is then SoftHSM's."""
    pin_file: str = ""
    """Path of a file (0600) with the PIN of the tokens that are made: the password of `kmsuser` in their clusters."""
    pin_variable: str = ""
    """Name of an environment variable with that PIN, in place of a file."""
    tokens: tuple[HsmToken, ...] = ()
    """Tokens that the operator has initialised, each to be taken for one HSM."""
