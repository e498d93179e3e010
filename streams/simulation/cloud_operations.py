"""The AWS calls that the simulator knows: data events of the seller's exports and tables."""

from typing import Final

from models.data_class import DataClass
from streams.simulation.operation import Operation

_CUSTOMER: Final = (DataClass.CUSTOMER,)
_FINANCIAL: Final = (DataClass.FINANCIAL,)
_SUPPLIER: Final = (DataClass.SUPPLIER,)
_INVENTORY: Final = (DataClass.INVENTORY,)


def cloud_operations() -> dict[str, Operation]:
    """Give the calls by a short name; `Operation.method` holds the event source."""
    s3, dynamo = "s3.amazonaws.com", "dynamodb.amazonaws.com"
    return {
        "s3_orders": _aws(s3, "GetObject", "acme-orders-export", _CUSTOMER, 180),
        "s3_orders_list": _aws(s3, "ListObjects", "acme-orders-export", ()),
        "s3_suppliers": _aws(s3, "GetObject", "supplier-prices", _SUPPLIER, 120),
        "s3_settlements": _aws(s3, "GetObject", "settlement-archive", _FINANCIAL, 300),
        "s3_customers": _aws(s3, "GetObject", "customer-master", _CUSTOMER, 400),
        "s3_customers_list": _aws(s3, "ListObjects", "customer-master", ()),
        "ddb_get": _aws(dynamo, "GetItem", "orders", _CUSTOMER),
        "ddb_query": _aws(dynamo, "Query", "orders", _CUSTOMER, 12),
        "ddb_stock": _aws(dynamo, "Query", "stock-levels", _INVENTORY, 20),
        "ddb_scan": _aws(dynamo, "Scan", "stock-levels", _INVENTORY, 400),
        "rds_sql": _aws("rdsdata.amazonaws.com", "ExecuteStatement", "settlements", _FINANCIAL, 30),
        "secret": _aws(
            "secretsmanager.amazonaws.com", "GetSecretValue", "prod/marketplace/lwa", ()
        ),
        "kms": _aws("kms.amazonaws.com", "Decrypt", "alias/orders", ()),
    }


def _aws(
    source: str, name: str, target: str, classes: tuple[DataClass, ...], median: float = 1.0
) -> Operation:
    return Operation(
        name=name,
        target=target,
        method=source,
        data_classes=classes,
        rows_median=median,
        rows_sigma=0.7 if median > 1 else 0.0,
        page_rows=1000,
    )
