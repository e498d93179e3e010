"""The weekly jobs of each kind of integration, and its declared purpose."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from models.domain.data_class import DataClass
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.job import Job
from streams.simulation.operation import Operation, operations

_FLAT: Final = (1.0,) * 24
_DAY: Final = (
    0.4, 0.3, 0.25, 0.25, 0.3, 0.4, 0.6, 0.8, 1.0, 1.2, 1.3, 1.3,
    1.2, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 1.4, 1.5, 1.3, 1.0, 0.6,
)  # fmt: skip
_OFFICE: Final = (
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02, 0.25, 1.0, 1.5, 1.6, 1.4,
    0.8, 1.2, 1.5, 1.4, 1.1, 0.6, 0.12, 0.04, 0.02, 0.01, 0.0, 0.0,
)  # fmt: skip
_EXTENDED: Final = (
    0.02, 0.01, 0.0, 0.0, 0.01, 0.05, 0.3, 0.8, 1.2, 1.4, 1.4, 1.2,
    1.1, 1.2, 1.3, 1.3, 1.2, 1.0, 0.8, 0.7, 0.5, 0.3, 0.1, 0.05,
)  # fmt: skip
_NIGHT: Final = (0.4, 1.0, 1.5, 1.2, 0.5, 0.1) + (0.0,) * 16 + (0.05, 0.2)
_WORKDAYS: Final = (1.1, 1.0, 1.0, 1.0, 0.9, 0.08, 0.04)
_SHOPPING: Final = (1.15, 1.0, 0.95, 0.95, 0.9, 0.85, 1.1)
_MONDAY: Final = (3.0, 1.0, 0.9, 0.9, 1.0, 0.4, 0.4)


def _ops(*names: str) -> tuple[Operation, ...]:
    return tuple(operations()[name] for name in names)


def _report(*names: str) -> tuple[Operation, ...]:
    return _ops("report_create", "report_status", *names)


def _commerce() -> dict[IntegrationKind, tuple[Job, ...]]:
    return {
        IntegrationKind.ERP: (
            Job(operations=_ops("orders"), runs_per_day=60, hours=_FLAT, periodic=True),
            Job(
                operations=_ops("order_items"),
                runs_per_day=40,
                hours=_DAY,
                weekdays=_SHOPPING,
                calls_median=6,
            ),
            Job(operations=_ops("stock", "financial_events"), runs_per_day=2, hours=_NIGHT),
            Job(operations=_report("report_settlement"), runs_per_day=0.7, hours=_NIGHT),
            Job(operations=_ops("purchase_orders"), runs_per_day=4, hours=_OFFICE),
        ),
        IntegrationKind.REPRICER: (
            Job(
                operations=_ops("prices", "offers"),
                runs_per_day=350,
                hours=_DAY,
                weekdays=_SHOPPING,
                pick_one=True,
            ),
            Job(operations=_ops("catalog"), runs_per_day=60, hours=_DAY),
        ),
        IntegrationKind.BI: (
            Job(
                operations=_report("report_orders", "report_stock"),
                runs_per_day=3,
                hours=_NIGHT,
                weekdays=_MONDAY,
            ),
            Job(
                operations=_report("report_settlement"),
                runs_per_day=1,
                hours=_NIGHT,
                weekdays=_MONDAY,
            ),
            Job(operations=_ops("metrics"), runs_per_day=40, hours=_FLAT, periodic=True),
            Job(operations=_report("report_listings"), runs_per_day=0.8, hours=_OFFICE),
        ),
        IntegrationKind.SHIPPING: (
            Job(
                operations=_ops("address", "label"),
                runs_per_day=45,
                hours=_OFFICE,
                weekdays=_WORKDAYS,
                calls_median=4,
            ),
            Job(operations=_ops("orders"), runs_per_day=30, hours=_EXTENDED, weekdays=_WORKDAYS),
        ),
    }


def _back_office() -> dict[IntegrationKind, tuple[Job, ...]]:
    return {
        IntegrationKind.PAYMENT: (
            Job(operations=_ops("transactions"), runs_per_day=96, hours=_FLAT, periodic=True),
            Job(
                operations=_ops("order_totals"),
                runs_per_day=18,
                hours=_DAY,
                weekdays=_SHOPPING,
                calls_median=4,
            ),
            Job(operations=_ops("payment_methods"), runs_per_day=8, hours=_DAY),
            Job(operations=_report("report_settlement"), runs_per_day=1, hours=_NIGHT),
        ),
        IntegrationKind.TAX: (
            Job(operations=_ops("tax_invoices"), runs_per_day=12, hours=_NIGHT),
            Job(operations=_report("report_vat"), runs_per_day=1, hours=_NIGHT, weekdays=_MONDAY),
            Job(operations=_ops("financial_events"), runs_per_day=6, hours=_OFFICE),
        ),
        IntegrationKind.SUPPORT: (
            Job(
                operations=_ops("order", "buyer_info", "messages"),
                runs_per_day=70,
                hours=_EXTENDED,
                weekdays=(1.2, 1.0, 1.0, 1.0, 1.0, 0.5, 0.4),
            ),
            Job(operations=_ops("orders"), runs_per_day=12, hours=_EXTENDED),
        ),
        IntegrationKind.STAFF: (
            Job(
                operations=_ops("orders", "order", "stock", "metrics", "catalog"),
                runs_per_day=26,
                hours=_OFFICE,
                weekdays=_WORKDAYS,
                pick_one=True,
            ),
            Job(
                operations=_report("report_orders"),
                runs_per_day=0.5,
                hours=_OFFICE,
                weekdays=_WORKDAYS,
            ),
        ),
    }


def _aws() -> dict[IntegrationKind, tuple[Job, ...]]:
    return {
        IntegrationKind.ETL_ROLE: (
            Job(
                operations=_ops("s3_orders_list", "s3_orders", "s3_settlements"),
                runs_per_day=24,
                hours=_FLAT,
                periodic=True,
                calls_median=5,
            ),
            Job(operations=_ops("ddb_scan", "rds_sql"), runs_per_day=4, hours=_NIGHT),
            Job(operations=_ops("s3_suppliers"), runs_per_day=6, hours=_NIGHT),
            Job(operations=_ops("secret"), runs_per_day=6, hours=_FLAT),
        ),
        IntegrationKind.LAMBDA_ROLE: (
            Job(
                operations=_ops("ddb_get", "ddb_query", "ddb_stock"),
                runs_per_day=420,
                hours=_DAY,
                weekdays=_SHOPPING,
                pick_one=True,
            ),
            Job(operations=_ops("secret"), runs_per_day=12, hours=_DAY),
        ),
        IntegrationKind.AWS_SERVICE: (Job(operations=_ops("kms"), runs_per_day=120, hours=_FLAT),),
    }


@cache
def behaviours() -> Mapping[IntegrationKind, tuple[Job, ...]]:
    """Return the jobs of each kind of integration."""
    return MappingProxyType(_commerce() | _back_office() | _aws())


def allowed_data_classes(kind: IntegrationKind) -> tuple[DataClass, ...]:
    """Return the data classes that a kind of integration reads, most sensitive first.

    Examples
    --------
    >>> allowed_data_classes(IntegrationKind.REPRICER)
    (<DataClass.CATALOG: 'catalog'>,)
    """
    read = {
        data_class
        for job in behaviours()[kind]
        for operation in job.operations
        for data_class in operation.data_classes
    }
    return tuple(data_class for data_class in DataClass if data_class in read)
