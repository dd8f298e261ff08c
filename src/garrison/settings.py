"""What an operator may set: one typed record. `garrison.setting_sources` reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from garrison.setting_tables import (
    CloudHsmTokens,
    CollectedAccount,
    ConsoleProvider,
    CustomRule,
    KeyStoreChoice,
    RootKeyToken,
    Upstream,
)

DEFAULT_PORT = 4600
FILE_NAME = "garrison.toml"

FsyncChoice = Literal["always", "interval", "never"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, its meaning and its default. `docs/settings.md` is generated from this class."""

    home: Annotated[str, Meta(description="The data directory; only `GARRISON_HOME` and `--home` set it.")]
    account_id: Annotated[
        str,
        Meta(pattern="^[0-9]{12}$", description="The 12-digit account id, drawn at random when the account is made."),
    ]
    region: Annotated[
        str, Meta(pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$", description="The home region of the account.")
    ] = "us-east-1"
    bind: Annotated[str, Meta(description="The address to listen on. Anything but loopback needs TLS.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = DEFAULT_PORT
    console_port: Annotated[
        Annotated[int, Meta(ge=0, le=65535)] | None,
        Meta(
            description="The port of the web console; 0 for none. Without it the one after `port`, or a free one where that is taken. "
            "See docs/console.md."
        ),
    ] = None
    workers: Annotated[int, Meta(ge=1, le=64, description="Gateway worker processes.")] = 1
    write_threads: Annotated[
        int, Meta(ge=1, le=64, description="Threads of a worker in which changes are committed.")
    ] = 4
    store_url: Annotated[
        str, Meta(description="Where state lives: empty for SQLite in the home, or `postgresql://…`.")
    ] = ""
    root_key_variable: Annotated[
        str,
        Meta(
            description="Name of an environment variable that holds the root key in base64; empty for `root.key` in the home."
        ),
    ] = ""
    root_key_token: Annotated[
        RootKeyToken,
        Meta(
            description="The token that wraps the root key, which then lies nowhere in clear: the table `[root_key_token]` of "
            "`garrison.toml` with `module`, `token`, and `pin_file` or `pin_variable`. See docs/root-key.md."
        ),
    ] = RootKeyToken()
    fsync: Annotated[
        FsyncChoice,
        Meta(
            description="When the events of reading calls reach the disk: `always` before the answer leaves (one fsync for "
            "all answers waiting), `interval` at most a second later, `never` when the kernel sees fit. Changes and their "
            "events are always synced before the answer."
        ),
    ] = "always"
    tls_certificate: Annotated[
        str, Meta(description="Path of a PEM certificate chain; with `tls_key` turns TLS on.")
    ] = ""
    tls_key: Annotated[str, Meta(description="Path of the PEM key of `tls_certificate`.")] = ""
    tls: Annotated[bool, Meta(description="Serve TLS with a certificate made in the home when none is given.")] = False
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="Host names that requests may name besides loopback, the bound address and amazonaws.com names."
        ),
    ] = ()
    identity_provider_hosts: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$")], ...],
        Meta(
            description="Hosts from which Garrison may fetch OpenID Connect keys by HTTPS: `idp.example.com`, or with a port "
            "`idp.example.com:8443`. A loopback address with a port, `127.0.0.1:9400`, may also be an issuer by plain HTTP. "
            "Without any, Garrison calls nobody and believes no web identity."
        ),
    ] = ()
    outgoing_hosts: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$")], ...],
        Meta(
            description="Hosts that Garrison may send to (webhooks, SNS subscriptions by HTTP): `hooks.example.com` for HTTPS, "
            "`hooks.example.com:8443` for HTTPS or plain HTTP at that port, `127.0.0.1:9000` for a port of this machine. "
            "Without any, nothing is sent anywhere."
        ),
    ] = ()
    dask_scheduler: Annotated[
        str,
        Meta(
            pattern=r"^((tcp|tls)://[!-~]+)?$",
            description="The address of a Dask scheduler, `tls://dask.example.com:8786`, whose workers collect accounts in place of "
            "this machine's threads; empty for threads. Needs `garrison[dask]` here and Garrison on the workers.",
        ),
    ] = ""
    public_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[!-~]+)?$",
            description="The URL by which others reach the endpoint, for the links in notifications; empty for the one that "
            "it listens on.",
        ),
    ] = ""
    console_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?)?$",
            description="The origin under which browsers reach the console behind a proxy, `https://console.example.com`; its host is "
            "allowed there. Empty for the host by which the console is called, at its own port.",
        ),
    ] = ""
    smtp_host: Annotated[str, Meta(description="The mail server; empty where no mail is to be sent.")] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65535, description="Its port.")] = 587
    smtp_from: Annotated[
        str, Meta(pattern=r"^([!-?A-~]+@[A-Za-z0-9.-]+)?$", description="The address that mail comes from.")
    ] = ""
    smtp_tls: Annotated[
        Literal["starttls", "implicit", "none"],
        Meta(description="How the mail server is spoken to; `none` is only for one on this machine."),
    ] = "starttls"
    smtp_user: Annotated[str, Meta(description="The user to log in as; empty for no login.")] = ""
    smtp_password_file: Annotated[str, Meta(description="Path of a file (0600) with the password of `smtp_user`.")] = ""
    audit_principals: Annotated[
        tuple[str, ...],
        Meta(
            description="ARNs of users and roles (with `*` and `?`) whose calls are decided and recorded, but not refused: "
            "would-be denials are marked in the events and counted by `garrison audit`. STS is always enforced. Only "
            "`garrison.toml` sets it."
        ),
    ] = ()
    max_body_bytes: Annotated[int, Meta(ge=1024, description="Largest request body; beyond it the answer is 413.")] = (
        8 * 1024 * 1024
    )
    max_object_bytes: Annotated[
        int,
        Meta(
            ge=8 * 1024 * 1024,
            description="Largest body of an upload to S3, a whole object or one part of it. What is larger than `max_body_bytes` "
            "goes to the disk while it arrives. Larger objects go up in parts.",
        ),
    ] = 5 * 1024**3
    archive_endpoint: Annotated[
        str,
        Meta(
            pattern="^(https?://[^/?#@]+/?)?$",
            description="URL of another S3-compatible store that the archive (what trails deliver) is written to; empty for "
            "the S3 of this server.",
        ),
    ] = ""
    archive_region: Annotated[str, Meta(description="The Region that calls to `archive_endpoint` are signed for.")] = (
        "us-east-1"
    )
    archive_credentials: Annotated[
        str, Meta(description="Path of an AWS shared-credentials file with the key for `archive_endpoint`.")
    ] = ""
    archive_profile: Annotated[str, Meta(description="The profile in `archive_credentials`.")] = "default"
    max_header_bytes: Annotated[
        int, Meta(ge=1024, le=1024 * 1024, description="Largest sum of header bytes; beyond it the answer is 431.")
    ] = 64 * 1024
    client_timeout_seconds: Annotated[
        float, Meta(gt=0, description="How long a client may take to send its whole request.")
    ] = 30.0
    stop_timeout_seconds: Annotated[
        int, Meta(ge=1, description="How long a graceful stop waits for calls under way.")
    ] = 10
    retention_days: Annotated[
        int, Meta(ge=1, description="How long events stay findable by LookupEvents and in the journal.")
    ] = 90
    trail_delivery_seconds: Annotated[
        int, Meta(ge=1, le=3600, description="By when an event is in the log files of the trails that want it.")
    ] = 60
    digest_anchors: Annotated[
        tuple[Annotated[str, Meta(pattern="^(file:/.+|syslog:.+:[0-9]{1,5}|s3://[a-z0-9.-]+(/.*)?)$")], ...],
        Meta(
            description="Where the hash and signature of each digest are sent besides the trail's bucket, so that whoever "
            "holds this machine cannot rewrite them: `file:/path` (a line is appended), `syslog:host:port` (UDP), "
            "`s3://bucket/prefix` (an object each, put by CloudTrail)."
        ),
    ] = ()
    disk_ceiling_bytes: Annotated[
        int,
        Meta(
            ge=16 * 1024 * 1024, description="Size of journal and spools beyond which the oldest delivered events go."
        ),
    ] = 20 * 1024**3
    log_ceiling_bytes: Annotated[
        int,
        Meta(ge=1024 * 1024, description="Size of the file of log events beyond which the events that came first go."),
    ] = 20 * 1024**3
    assessment_ceiling_bytes: Annotated[
        int,
        Meta(
            ge=1024 * 1024,
            description="Size of the file of Inspector Classic's assessments beyond which the findings of the runs that began first "
            "go; an exclusion of each such run says so.",
        ),
    ] = 20 * 1024**3
    assessment_retention_days: Annotated[
        int,
        Meta(
            ge=0,
            description="How long the findings of an ended run of Inspector Classic stay; an exclusion says that they went. 0 keeps "
            "them until the run is deleted, as AWS does.",
        ),
    ] = 0
    lake_catalog: Annotated[
        str,
        Meta(
            description="The Iceberg catalog of the lake: empty for SQLite in the home, or `postgresql://…`, or the `https://…` "
            "of a REST catalog."
        ),
    ] = ""
    lake_warehouse: Annotated[
        str,
        Meta(description="Where the lake's files are: empty for the home, or `s3://bucket/prefix`, or `file:///…`."),
    ] = ""
    lake_endpoint: Annotated[
        str, Meta(description="The URL of the S3-compatible store of `lake_warehouse`, where it is not AWS's own.")
    ] = ""
    lake_retention_days: Annotated[
        int,
        Meta(ge=1, description="How long events stay in the lake; whole days go when all of their events are older."),
    ] = 2557
    lake_commit_seconds: Annotated[
        float,
        Meta(
            gt=0, description="How long events of the journal wait at most before they are put into the lake's table."
        ),
    ] = 300.0
    lake_commit_bytes: Annotated[
        int,
        Meta(ge=1024, description="How many bytes of events wait at most before they are put into the lake's table."),
    ] = 64 * 1024 * 1024
    spool_ceiling_bytes: Annotated[
        int,
        Meta(
            ge=1024 * 1024,
            description="Undelivered spool bytes beyond which calls are refused with ServiceUnavailable.",
        ),
    ] = 1024**3
    inspector_topic: Annotated[
        str,
        Meta(
            description="ARN of the SNS topic through which Inspector tells of findings of its account; its policy must allow "
            "`inspector2.amazonaws.com`. Empty tells nobody."
        ),
    ] = ""
    sigma_rules: Annotated[
        tuple[str, ...],
        Meta(description="Files and folders of Sigma rules for CloudTrail; relative ones lie in the home."),
    ] = ("sigma",)
    vulnerability_sources: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[!-~]+$")], ...],
        Meta(
            description="URLs that `garrison vulndb update` fetches advisories from (docs/vulnerabilities.md lists the forms): "
            "`https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip`. Nothing else is called, and no redirect followed."
        ),
    ] = ()
    log_commands: Annotated[
        dict[str, Annotated[tuple[str, ...], Meta(min_length=1)]],
        Meta(
            description="Commands that log subscriptions may run, by the names that they are known by: a table of "
            '`garrison.toml`, as `log_commands.siem = ["/usr/local/bin/to-siem"]`. A subscription names one as the Lambda '
            "function `arn:aws:lambda:REGION:ACCOUNT:function:siem`; it gets the events on its standard input."
        ),
    ] = {}
    sigma_placeholders: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="The values of the placeholders (`%Name%`) that Sigma rules use: a table of `garrison.toml`."),
    ] = {}
    alarm_sinks: Annotated[
        tuple[
            Annotated[
                str,
                Meta(
                    pattern=r"^((webhook|slack):https?://[!-~]+|pagerduty:[A-Za-z0-9]+(:https?://[!-~]+)?"
                    r"|syslog(\+tcp)?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5})$"
                ),
            ],
            ...,
        ],
        Meta(
            description="Who is told of every alarm that begins or ends, besides SNS topics: `slack:https://hooks.slack.com/…`, "
            "`pagerduty:KEY` (or `pagerduty:KEY:https://events.eu.pagerduty.com/v2/enqueue`), `webhook:https://…` (the alarm's "
            "JSON message), `syslog:host:514` (UDP) or `syslog+tcp:host:601`. Plain `http` sends in clear."
        ),
    ] = ()
    upstreams: Annotated[
        dict[str, Upstream],
        Meta(
            description="Endpoints that answer a service's calls in Garrison's place: tables `[upstreams.ec2]` of `garrison.toml` "
            "with `endpoint`, `credentials_file` (0600) and maybe `region`, `role_arn`, `sts_endpoint`. See docs/forwarding.md."
        ),
    ] = {}
    collected_accounts: Annotated[
        dict[Annotated[str, Meta(pattern=r"^\d{12}$")], CollectedAccount],
        Meta(
            description="AWS accounts of which what followed log files say has changed is collected again: tables "
            "`[collected_accounts.ACCOUNT]` of `garrison.toml` with maybe `profile`, `credentials_file`, `role_arn`, `external_id`, "
            "`endpoint`. See docs/collect.md."
        ),
    ] = {}
    console_providers: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=64)], ConsoleProvider],
        Meta(
            description="Identity providers on the console's sign-in page: tables `[console_providers.NAME]` of `garrison.toml` with "
            "`provider` (its ARN), and `url` (SAML) or `client_id`, `role` and maybe `client_secret_file`, `scope` (OpenID Connect). "
            "See docs/console.md."
        ),
    ] = {}
    custom_rules: Annotated[
        dict[str, CustomRule],
        Meta(
            description="Programs that Config rules may refer to: tables `[custom_rules.NAME]` of `garrison.toml` with `command` and "
            "maybe `seconds`, `cpu_seconds`, `memory_bytes`, `processes`. See docs/config-rules-custom.md."
        ),
    ] = {}
    custom_rules_may_lack: Annotated[
        tuple[Literal["user", "network"], ...],
        Meta(
            description="Guards without which programs of `custom_rules` may run: `user` (a user of their own, which only root can "
            "give them), `network` (being kept from it). Otherwise they do not run where one cannot be had."
        ),
    ] = ()
    key_store: Annotated[
        KeyStoreChoice,
        Meta(
            description="Where KMS keeps key material: the table `[key_store]` of `garrison.toml` with `kind` (`software`, or `pkcs11` "
            "with `module`, `token`, `pin_file` or `pin_variable`, and maybe `softhsm = true`). See docs/cloudhsm.md."
        ),
    ] = KeyStoreChoice()
    cloudhsm: Annotated[
        CloudHsmTokens,
        Meta(
            description="What CloudHSM makes its HSMs of: the table `[cloudhsm]` of `garrison.toml` with `module`, and `softhsm = true` "
            "with `pin_file` or `pin_variable`, or tables `[[cloudhsm.tokens]]` with `label`, `pin_file` or `pin_variable`, and maybe `group`. See docs/cloudhsm.md."
        ),
    ] = CloudHsmTokens()
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="What the structured log shows.")
    ] = "info"
    settable_clock: Annotated[
        bool, Meta(description="Read the clock's offset from `clock` in the home. Only throw-away accounts allow it.")
    ] = False
    ephemeral: Annotated[
        bool, Meta(description="A throw-away account: its home goes away with the server and nothing is fsynced.")
    ] = False

    @property
    def home_path(self) -> Path:
        """The data directory."""
        return Path(self.home)

    @property
    def uses_tls(self) -> bool:
        """Whether the endpoint serves HTTPS."""
        return self.tls or bool(self.tls_certificate)

    @property
    def effective_public_url(self) -> str:
        """The URL by which others reach the endpoint, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind, self.bind)  # noqa: S104 - what stands for every address
        return f"{'https' if self.uses_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def effective_store_url(self) -> str:
        """The store's URL, with SQLite in the home where none was set."""
        synced = "?synchronous=OFF" if self.ephemeral else ""
        return self.store_url or f"sqlite:///{self.home_path / 'store.db'}{synced}"


CONSOLE_PATH = "/_garrison/console/"
"""Where the console's pages are, at its own port."""


def console_url(settings: Settings, origin: str) -> str:
    """The console's URL: at the origin that it listens at, or at the one that the settings name for it."""
    return (settings.console_url.rstrip("/") or origin) + CONSOLE_PATH
