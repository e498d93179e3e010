"""The sections of the settings, each frozen; a component takes the ones it needs."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, model_validator

from models.domain.time_units import DAY_SECONDS

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=30 * DAY_SECONDS)]
TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Broker = Annotated[str, Field(pattern=r"^[^\s,:/]+:[0-9]{1,5}$|^\[[0-9a-fA-F:]+\]:[0-9]{1,5}$")]
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,253}$|^\[[0-9a-fA-F:]+\]$")]
# A bucket and a folder in it, with a slash at the end: "logs/AWSLo" would also be "logs/AWSLoot/".
S3Place = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,62}/([^/]+/)*$")]
# Secrets are sent there: encrypted, or to this machine.
SecretUrl = Annotated[
    str, Field(pattern=r"^(https://|http://127\.0\.0\.1:)[^\s\"'{}@]+$", max_length=200)
]
BaseUrl = Annotated[str, Field(pattern=r"^https?://[^\s\"'{}]+$", max_length=200)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(_Section):
    """How the cluster is reached."""

    brokers: Annotated[tuple[Broker, ...], Field(min_length=1)] = ("127.0.0.1:9092",)
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: Path | None = None
    tls_ca_file: Path | None = None
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    replication_factor: Annotated[int, Field(ge=1, le=9)] = 1
    connect_timeout_seconds: Seconds = 20.0
    request_timeout_seconds: Seconds = 20.0

    @model_validator(mode="after")
    def _sasl_is_whole(self) -> Self:
        if not self.security_protocol.startswith("SASL"):
            return self
        if self.sasl_mechanism is None or self.sasl_username is None:
            message = f"{self.security_protocol} needs sasl_mechanism and sasl_username"
            raise ValueError(message)
        if self.sasl_password is None and self.sasl_password_file is None:
            message = f"{self.security_protocol} needs sasl_password_file"
            raise ValueError(message)
        return self


class TopicSettings(_Section):
    """Names and shape of the topics."""

    events: TopicName = "access-events"
    incidents: TopicName = "access-incidents"
    dead_letters: TopicName = "access-dead-letters"
    feedback: TopicName = "access-feedback"
    findings: TopicName = "access-findings"
    audit: TopicName = "access-audit"
    partitions: Annotated[int, Field(ge=1, le=10_000)] = 4
    # Of messages from before a move to more partitions.
    earlier_partitions: Annotated[
        tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(max_length=8)
    ] = ()
    events_retention_hours: Annotated[int, Field(ge=1)] = 168
    audit_retention_hours: Annotated[int, Field(ge=1)] = 8_760


class PackerSettings(_Section):
    """When a batch of events is full."""

    batch_events: Annotated[int, Field(ge=1, le=10_000)] = 250
    batch_bytes: Annotated[int, Field(ge=1_000, le=900_000)] = 400_000
    linger_seconds: Seconds = 0.2


class InputBudget(_Section):
    """What one input, a line, message or row with all that is packed in it, may use.

    A compressed file is read as a stream and may unpack to any size, but to no more than
    `packed_ratio` times its own beyond `decoded_bytes`; so may the rows of a Parquet file.
    """

    decoded_bytes: Annotated[int, Field(ge=65_536, le=67_108_864)] = 8_388_608
    memory_bytes: Annotated[int, Field(ge=4_194_304, le=1_073_741_824)] = 134_217_728
    records: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    depth: Annotated[int, Field(ge=16, le=128)] = 64
    dead_letters: Annotated[int, Field(ge=1, le=10_000)] = 100
    packed_ratio: Annotated[int, Field(ge=20, le=10_000)] = 200


class SourceSettings(_Section):
    """How raw logs are read."""

    redaction_key: SecretStr | None = None
    redaction_key_file: Path | None = None
    disorder_seconds: Annotated[float, Field(ge=0, le=DAY_SECONDS)] = 900.0
    record_limit_bytes: Annotated[int, Field(ge=1_000)] = 1_048_576
    budget: InputBudget = InputBudget()
    tables_directory: Path | None = None
    state_directory: Path | None = None
    poll_seconds: Seconds = 1.0
    flush_seconds: Seconds = 1.0
    hold_seconds: Annotated[float, Field(ge=0, le=DAY_SECONDS)] = 0.0
    idle_release_seconds: Seconds = 30.0
    remembered_events: Annotated[int, Field(ge=1_000)] = 500_000
    # Empty: a notice of an object in S3 is followed nowhere.
    s3_places: tuple[S3Place, ...] = ()
    kafka_group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "sellerwatch-sources"


class CatalogueSettings(_Section):
    """What each operation and each resource exposes."""

    directory: Path | None = None
    resource_files: tuple[Path, ...] = ()


class NetworkSettings(_Section):
    """Where an address's network and country are looked up."""

    asn_database: Path | None = None
    country_database: Path | None = None


class WorkerSettings(_Section):
    """How a worker runs."""

    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "sellerwatch"
    data_directory: Path | None = None
    web_host: str = "127.0.0.1"
    web_port: Port = 6066
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 9108
    session_timeout_seconds: Seconds = 15.0
    rebalance_timeout_seconds: Seconds = 15.0
    heartbeat_interval_seconds: Seconds = 3.0
    top_incidents: Annotated[int, Field(ge=1, le=500)] = 30
    idle_advance_seconds: Seconds = 300.0
    # An open incident is published at least every few days, so none is missed.
    incident_history_days: Annotated[float, Field(ge=8, le=36_500)] = 90.0

    def history_since(self, now_seconds: float) -> float:
        """Return since when incidents and verdicts are read, in seconds since 1970.

        Examples
        --------
        >>> WorkerSettings(incident_history_days=10).history_since(864_001.0)
        1.0
        """
        return now_seconds - self.incident_history_days * DAY_SECONDS


class LinkSettings(_Section):
    """Where the links in alerts lead, as the on-call engineer's browser reaches it."""

    web_base_url: BaseUrl = "http://127.0.0.1:6066"
    dashboard_base_url: BaseUrl = "http://127.0.0.1:3000"
    runbook_base_url: BaseUrl | None = None

    @property
    def runbooks(self) -> str:
        """Start of a runbook's address; by default, the worker serves the runbooks.

        Examples
        --------
        >>> LinkSettings().runbooks
        'http://127.0.0.1:6066/runbooks/'
        """
        base = self.runbook_base_url or f"{self.web_base_url.rstrip('/')}/runbooks"
        return f"{base.rstrip('/')}/"

    @property
    def incidents(self) -> str:
        """Start of the address of an incident's page."""
        return f"{self.web_base_url.rstrip('/')}/incidents/"

    @property
    def dashboards(self) -> str:
        """Start of a dashboard's address in Grafana."""
        return f"{self.dashboard_base_url.rstrip('/')}/d/"


class WebSettings(_Section):
    """Who may see the incidents' pages, and how many of them are kept.

    Without tokens or a proxy, the pages answer only on a loopback address.
    """

    token_file: Path | None = None
    proxy_user_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")] | None = None
    proxy_networks: tuple[IPvAnyNetwork, ...] = (
        ip_network("127.0.0.0/8"),
        ip_network("::1/128"),
    )
    # Empty: the host of links.web_base_url. Loopback names are always allowed.
    allowed_hosts: tuple[HostName, ...] = ()
    session_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 12.0
    incidents_kept: Annotated[int, Field(ge=1, le=200_000)] = 5_000


class CheckpointSettings(_Section):
    """When the detectors' state is saved, and where a worker keeps its copy."""

    interval_seconds: Seconds = 5.0
    changed_bytes: Annotated[int, Field(ge=10_000)] = 64_000_000
    groups: Annotated[int, Field(ge=1, le=4096)] = 64
    # One key a line: the first signs, all verify.
    key: SecretStr | None = None
    key_file: Path | None = None
    accept_unsigned: bool = False
    largest_state_bytes: Annotated[int, Field(ge=1_000_000)] = 256_000_000
    store: Literal["memory", "rocksdict"] = "memory"
    standby_replicas: Annotated[int, Field(ge=0, le=3)] = 0

    @property
    def store_url(self) -> str:
        """The store as Faust names it."""
        # Without a path, Faust ignores the URL.
        return "memory://" if self.store == "memory" else "rocksdb:checkpoints"


class EvidenceSettings(_Section):
    """Bundles of evidence."""

    # An Ed25519 key in PEM; without it, bundles are not signed.
    key_file: Path | None = None


class AlertingSettings(_Section):
    """The fast path of pages that bypasses Prometheus; off unless an Alertmanager is named."""

    alertmanager_urls: tuple[BaseUrl, ...] = ()
    push_interval_seconds: Annotated[float, Field(ge=1, le=600)] = 30.0
    # Acknowledges in PagerDuty what a responder takes: the key of Alertmanager's receiver.
    pagerduty_routing_key_file: Path | None = None
    pagerduty_url: BaseUrl = "https://events.pagerduty.com/v2/enqueue"
    # Keys of the routes of Alertmanager that page for an incident, as the webhook's groupKey says.
    pagerduty_routes: tuple[str, ...] = ('{}/{incident_id!="",severity="critical"}',)
    # The same as external_labels in Prometheus; otherwise pages arrive twice.
    external_labels: dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str] = {}


class GatewaySettings(_Section):
    """What checks third parties' keys for a gateway in front of the marketplace."""

    keys_file: Path | None = None
    # One of the two: a file that somebody else renews, or Login with Amazon.
    token_file: Path | None = None
    lwa_client_id: Annotated[str, Field(pattern=r"^[!-~]{1,200}$")] | None = None
    lwa_client_secret_file: Path | None = None
    lwa_refresh_token_file: Path | None = None
    lwa_endpoint: SecretUrl = "https://api.amazon.com/auth/o2/token"
    host: str = "127.0.0.1"
    port: Port = 6080
