"""Every setting of every process, read from the environment once, at the composition root. Prefix `GUANXI_`."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("profile", "scoring", "engagement", "gateway")


class Settings(BaseSettings):
    """What operations decide. What a merchant edits is a versioned row instead."""

    model_config = SettingsConfigDict(env_prefix="GUANXI_", frozen=True, extra="ignore")

    env: Literal["development", "test", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    clock_offset: timedelta = timedelta()
    epoch: int = Field(default=0, ge=0, le=1_000_000)  # how often a database was restored; it only ever rises

    profile_database_url: SecretStr | None = None
    profile_database_direct_url: SecretStr | None = None
    scoring_database_url: SecretStr | None = None
    scoring_database_direct_url: SecretStr | None = None
    engagement_database_url: SecretStr | None = None
    engagement_database_direct_url: SecretStr | None = None
    gateway_database_url: SecretStr | None = None
    gateway_database_direct_url: SecretStr | None = None
    database_pool_size: int = Field(default=20, ge=1, le=200)

    profile_url: str = "http://127.0.0.1:8081"
    scoring_url: str = "http://127.0.0.1:8082"
    engagement_url: str = "http://127.0.0.1:8083"
    gateway_url: str = "http://127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8080"

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: str = "SCRAM-SHA-512"
    kafka_username: str | None = None
    kafka_password_file: Path | None = None
    kafka_topic_prefix: str = ""
    kafka_replication_factor: int = 1

    keyring_file: Path | None = None
    lookup_key_file: Path | None = None
    profile_internal_secret_file: Path | None = None
    scoring_internal_secret_file: Path | None = None
    engagement_internal_secret_file: Path | None = None
    gateway_internal_secret_file: Path | None = None

    base_currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    business_time_zone: str = "Asia/Shanghai"
    default_locale: str = "zh-CN"
    default_region: str = Field(default="CN", pattern="^[A-Z]{2}$")

    smtp_url: SecretStr | None = None
    channel_sink_dir: Path | None = None
    count_clicks: bool = True  # links of mails lead on by way of ours, so that a click is known
    egress_allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # beside the public internet, as JSON

    otel_exporter_otlp_endpoint: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    metrics_port: int = 9000

    @model_validator(mode="after")
    def _refuse_a_moved_clock_in_production(self) -> "Settings":
        if self.env == "production" and self.clock_offset:
            raise ValueError("GUANXI_CLOCK_OFFSET moves time and is refused in production")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days count."""
        return ZoneInfo(self.business_time_zone)

    def database_url(self, service: str, *, direct: bool = False) -> str:
        """Where a service keeps its rows; `direct` bypasses a pooler (advisory locks, migrations)."""
        pooled: SecretStr | None = getattr(self, f"{service}_database_url")
        unpooled: SecretStr | None = getattr(self, f"{service}_database_direct_url")
        chosen = (unpooled or pooled) if direct else pooled
        if chosen is None:
            raise LookupError(f"GUANXI_{service.upper()}_DATABASE_URL is not set")
        return chosen.get_secret_value()

    def service_url(self, service: str) -> str:
        """Base address of a service, without a slash at the end."""
        url: str = getattr(self, f"{service}_url")
        return url.rstrip("/")

    def internal_secret_file(self, service: str) -> Path:
        """The file of the secret that signs internal tokens for `service`."""
        path: Path | None = getattr(self, f"{service}_internal_secret_file")
        if path is None:
            raise LookupError(f"GUANXI_{service.upper()}_INTERNAL_SECRET_FILE is not set")
        return path
