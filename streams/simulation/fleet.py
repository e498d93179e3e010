"""The benign fleet of principals."""

import random
from dataclasses import replace
from typing import Final

from models.domain.access_event import Grant
from streams.simulation.behaviours import behaviours
from streams.simulation.identity import Identity
from streams.simulation.integration_kind import IntegrationKind as Kind
from streams.simulation.job import HOURS_PER_DAY, Job
from streams.simulation.networks import home_network
from streams.simulation.operation import Operation, operations
from streams.simulation.seeds import lognormal, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings

# The first twelve have every kind, so that a small fleet has them all.
_MIX: Final = (
    Kind.ERP, Kind.REPRICER, Kind.PAYMENT, Kind.STAFF, Kind.SHIPPING, Kind.BI, Kind.SUPPORT,
    Kind.ETL_ROLE, Kind.PAYMENT, Kind.LAMBDA_ROLE, Kind.TAX, Kind.AWS_SERVICE, Kind.ERP,
    Kind.STAFF, Kind.REPRICER, Kind.SHIPPING, Kind.PAYMENT, Kind.BI, Kind.STAFF, Kind.ERP,
    Kind.SUPPORT, Kind.REPRICER, Kind.ETL_ROLE, Kind.STAFF, Kind.SHIPPING, Kind.PAYMENT,
    Kind.ERP, Kind.STAFF, Kind.BI, Kind.REPRICER, Kind.TAX, Kind.SUPPORT, Kind.ERP, Kind.STAFF,
    Kind.SHIPPING, Kind.LAMBDA_ROLE, Kind.REPRICER, Kind.ERP, Kind.ETL_ROLE, Kind.BI,
)  # fmt: skip
_PRODUCTS: Final = {
    Kind.ERP: ("order and stock sync of the ERP", "OrderBridge"),
    Kind.REPRICER: ("sets prices by the market's", "PricePilot"),
    Kind.BI: ("nightly reports for the data warehouse", "MarginLens"),
    Kind.PAYMENT: ("processes payments and settlements", "PayRelay"),
    Kind.SHIPPING: ("prints labels and tracks parcels", "ParcelDesk"),
    Kind.TAX: ("files VAT returns", "VatClerk"),
    Kind.SUPPORT: ("answers buyers' questions", "TicketDock"),
    Kind.STAFF: ("an employee in the console", "Mozilla/5.0 (X11; Linux x86_64) Firefox"),
    Kind.ETL_ROLE: ("loads exports into the warehouse", "aws-sdk-java"),
    Kind.LAMBDA_ROLE: ("serves the shop's functions", "Boto3"),
    Kind.AWS_SERVICE: ("an AWS service in the account", ""),
}
_SERVICES: Final = ("s3.amazonaws.com", "backup.amazonaws.com", "glue.amazonaws.com")
_MARKETPLACES: Final = ("A1PA6795UKMFR9", "A13V1IB3VIYZZH", "A1RKKUPIHCS9HS", "APJ6JRA9NG5V4")
_MWS: Final = {
    "getOrders": "mws_orders",
    "getInventorySummaries": "mws_stock",
    "listFinancialEvents": "mws_financial_events",
}
_LEGACY_INDEX: Final = 12
_SECRET_KEY_SHARE: Final = 0.25
_SECOND_NETWORK_SHARE: Final = 0.1
_ROWS_UNKNOWN_SHARE: Final = 0.2


def build_fleet(settings: SimulationSettings) -> tuple[SimulatedPrincipal, ...]:
    """Build the fleet; principal number n is the same in every fleet of a seed.

    Examples
    --------
    >>> fleet = build_fleet(SimulationSettings(principals=12))
    >>> len({principal.kind for principal in fleet})
    11
    """
    return tuple(
        build_principal(settings, index, kind_of(index)) for index in range(settings.principals)
    )


def kind_of(index: int) -> Kind:
    """Return the kind of principal number `index`."""
    return _MIX[index % len(_MIX)]


def make_identity(rng: random.Random, kind: Kind, tenant_index: int, index: int) -> Identity:
    """Draw the identity of a new principal, as the logs will show it."""
    product = _PRODUCTS[kind][1]
    version = f"{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"
    addresses = home_network(rng)[1]
    keys = rng.choice((1, 1, 1, 2, 3))
    if kind.is_cloud:
        account = f"1111222233{33 + tenant_index:02d}"
        arn = f"arn:aws:iam::{account}:role/{kind.value.replace('_', '-')}-{index:04d}"
        service = _SERVICES[index % len(_SERVICES)]
        is_service = kind is Kind.AWS_SERVICE
        return Identity(
            tenant=account,
            principal=service if is_service else arn,
            application_id=None,
            user_id=None,
            grant="session",
            marketplaces=("",),
            credentials=tuple(f"ASIA{rng.getrandbits(64):016X}" for _ in range(keys)),
            addresses=(service,) if is_service else addresses,
            user_agent=service if is_service else f"{product}/{version}",
        )
    is_person = kind is Kind.STAFF
    application = "seller-console" if is_person else f"amzn1.sp.solution.{rng.getrandbits(96):024x}"
    user = f"user-{rng.getrandbits(48):012x}" if is_person else None
    secret = not is_person and rng.random() < _SECRET_KEY_SHARE
    return Identity(
        tenant=f"A{tenant_index + 1:02d}SIMULATED",
        principal=user or application,
        application_id=application,
        user_id=user,
        grant=(Grant.SESSION if is_person else Grant.SECRET_KEY if secret else Grant.LWA).value,
        credentials=tuple(f"cred-{rng.getrandbits(64):016x}" for _ in range(keys)),
        addresses=addresses,
        user_agent=f"{product}/{version}" + ("" if is_person else " (Language=Java/17)"),
        marketplaces=tuple(rng.sample(_MARKETPLACES, rng.randint(1, 3))),
    )


def build_principal(settings: SimulationSettings, index: int, kind: Kind) -> SimulatedPrincipal:
    """Draw a principal of a kind with its own level, hours and networks."""
    rng = seeded_random(settings.seed, "principal", str(index))
    identity = make_identity(rng, kind, index % settings.tenants, index)
    networks = _networks(identity.addresses)
    if rng.random() < _SECOND_NETWORK_SHARE and kind is not Kind.AWS_SERVICE:
        network, addresses = home_network(rng)
        networks += (network,)
        identity = replace(identity, addresses=identity.addresses + addresses)
    jobs = behaviours()[kind]
    if index == _LEGACY_INDEX:
        identity = replace(identity, grant=Grant.SECRET_KEY.value)
        jobs = tuple(_legacy(job) for job in jobs)
    shift = rng.choice((-6, -1, 0, 0, 0, 0, 1)) if kind is Kind.STAFF else rng.choice((-1, 0, 0, 1))
    return SimulatedPrincipal(
        identity=identity,
        kind=kind,
        purpose=_PRODUCTS[kind][0],
        networks=networks,
        jobs=tuple(_own_hours(job, shift, rng) for job in jobs),
        level=min(4.0, max(0.2, lognormal(rng, 1.0, 0.6))),
        day_sigma=0.15 + 0.25 * rng.random(),
        hour_sigma=0.3 + 0.4 * rng.random(),
        logs_rows=0.0 if rng.random() < _ROWS_UNKNOWN_SHARE else 0.97,
    )


def _networks(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks (/28 or /48) of addresses; a service's host name has none."""
    first = addresses[0]
    if ":" in first:
        return (first.partition("::")[0] + "::/48",)
    head, _, host = first.rpartition(".")
    return (f"{head}.{int(host) // 16 * 16}/28",) if host.isdigit() else ()


def _own_hours(job: Job, shift: int, rng: random.Random) -> Job:
    hours = job.hours[-shift % HOURS_PER_DAY :] + job.hours[: -shift % HOURS_PER_DAY]
    return replace(
        job,
        hours=tuple(hour * lognormal(rng, 1.0, 0.25) for hour in hours),
        runs_per_day=job.runs_per_day * lognormal(rng, 1.0, 0.35),
    )


def _legacy(job: Job) -> Job:
    return replace(job, operations=tuple(_mws(operation) for operation in job.operations))


def _mws(operation: Operation) -> Operation:
    name = _MWS.get(operation.name)
    return operation if name is None else operations()[name]
