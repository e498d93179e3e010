"""The calls that the simulator knows, by a short name.

Paths, MWS actions and report types are those of Amazon's Selling Partner API models
(amzn/selling-partner-api-models) and of python-amazon-mws.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.data_class import DataClass
from streams.simulation.cloud_operations import cloud_operations
from streams.simulation.operation import Operation

_CUSTOMER: Final = (DataClass.CUSTOMER,)
_PAYMENT: Final = (DataClass.PAYMENT,)
_FINANCIAL: Final = (DataClass.FINANCIAL,)
_SUPPLIER: Final = (DataClass.SUPPLIER,)
_INVENTORY: Final = (DataClass.INVENTORY,)
_CATALOG: Final = (DataClass.CATALOG,)
_ORDER: Final = "/orders/v0/orders/{id}"
_REPORTS: Final = "/reports/2021-06-30"


def _orders() -> dict[str, Operation]:
    created = (("CreatedAfter", "2026-01-01T00:00:00Z"),)
    return {
        "orders": Operation(
            name="getOrders",
            target="/orders/v0/orders",
            query=created,
            data_classes=_CUSTOMER,
            subject="buyer",
            rows_median=14,
            rows_sigma=0.9,
            row_bytes=900,
        ),
        "orders_new": Operation(
            name="searchOrders",
            target="/orders/2026-01-01/orders",
            query=created,
            data_classes=_CUSTOMER,
            subject="buyer",
            rows_median=14,
            rows_sigma=0.9,
            row_bytes=1100,
        ),
        "order": Operation(
            name="getOrder", target=_ORDER, data_classes=_CUSTOMER, subject="buyer", row_bytes=1300
        ),
        "order_items": Operation(
            name="getOrderItems",
            target=_ORDER + "/orderItems",
            data_classes=_CUSTOMER,
            subject="buyer",
            row_bytes=700,
        ),
        "buyer_info": Operation(
            name="getOrderBuyerInfo",
            target=_ORDER + "/buyerInfo",
            data_classes=_CUSTOMER,
            subject="buyer",
            row_bytes=350,
        ),
        "address": Operation(
            name="getOrderAddress",
            target=_ORDER + "/address",
            data_classes=_CUSTOMER,
            subject="buyer",
            row_bytes=420,
        ),
        "messages": Operation(
            name="getMessagingActionsForOrder",
            target="/messaging/v1/orders/{id}",
            data_classes=_CUSTOMER,
            subject="buyer",
            row_bytes=600,
        ),
        "mws_orders": Operation(
            name="ListOrders",
            target="/Orders/2013-09-01",
            method="POST",
            query=(("Action", "ListOrders"), ("Version", "2013-09-01")),
            data_classes=_CUSTOMER,
            subject="buyer",
            rows_median=14,
            rows_sigma=0.9,
            row_bytes=1500,
        ),
    }


def _money() -> dict[str, Operation]:
    return {
        "financial_events": Operation(
            name="listFinancialEvents",
            target="/finances/v0/financialEvents",
            data_classes=_FINANCIAL,
            subject="transaction",
            rows_median=25,
            rows_sigma=0.9,
        ),
        "transactions": Operation(
            name="listTransactions",
            target="/finances/2024-06-19/transactions",
            data_classes=_FINANCIAL,
            subject="transaction",
            rows_median=20,
            rows_sigma=0.9,
            row_bytes=650,
        ),
        "order_totals": Operation(
            name="listFinancialEventsByOrderId",
            data_classes=_FINANCIAL,
            subject="transaction",
            target="/finances/v0/orders/{id}/financialEvents",
        ),
        "payment_methods": Operation(
            name="getPaymentMethods",
            target="/finances/transfers/2024-06-01/paymentMethods",
            data_classes=_PAYMENT,
            rows_median=3,
            rows_sigma=0.3,
            row_bytes=260,
        ),
        "tax_invoices": Operation(
            name="getInvoices",
            target="/tax/invoices/2024-06-19/invoices",
            data_classes=_FINANCIAL,
            subject="transaction",
            rows_median=40,
            rows_sigma=0.8,
        ),
        "mws_financial_events": Operation(
            name="ListFinancialEvents",
            target="/Finances/2015-05-01",
            method="POST",
            query=(("Action", "ListFinancialEvents"), ("Version", "2015-05-01")),
            data_classes=_FINANCIAL,
            subject="transaction",
            rows_median=25,
            rows_sigma=0.9,
        ),
    }


def _goods() -> dict[str, Operation]:
    return {
        "stock": Operation(
            name="getInventorySummaries",
            target="/fba/inventory/v1/summaries",
            query=(("granularityType", "Marketplace"),),
            data_classes=_INVENTORY,
            subject="sku",
            rows_median=600,
            rows_sigma=0.5,
            page_rows=50,
            row_bytes=300,
        ),
        "mws_stock": Operation(
            name="ListInventorySupply",
            target="/FulfillmentInventory/2010-10-01",
            method="POST",
            query=(("Action", "ListInventorySupply"), ("Version", "2010-10-01")),
            data_classes=_INVENTORY,
            subject="sku",
            rows_median=600,
            rows_sigma=0.5,
            page_rows=50,
            row_bytes=500,
        ),
        "prices": Operation(
            name="getCompetitivePricing",
            target="/products/pricing/v0/competitivePrice",
            data_classes=_CATALOG,
            subject="sku",
            rows_median=18,
            rows_sigma=0.4,
            page_rows=20,
        ),
        "offers": Operation(
            name="getItemOffers",
            target="/products/pricing/v0/items/{id}/offers",
            data_classes=_CATALOG,
            rows_median=8,
            rows_sigma=0.7,
        ),
        "catalog": Operation(
            name="searchCatalogItems",
            target="/catalog/2022-04-01/items",
            data_classes=_CATALOG,
            subject="sku",
            rows_median=12,
            rows_sigma=0.6,
            page_rows=20,
        ),
        "purchase_orders": Operation(
            name="getPurchaseOrders",
            target="/vendor/orders/v1/purchaseOrders",
            data_classes=_SUPPLIER,
            subject="supplier",
            rows_median=12,
            rows_sigma=0.8,
            row_bytes=1200,
        ),
        "label": Operation(
            name="getShipmentDocuments",
            target="/shipping/v2/shipments/{id}/documents",
            data_classes=_CUSTOMER,
            row_bytes=30_000,
        ),
        "metrics": Operation(
            name="getOrderMetrics",
            target="/sales/v1/orderMetrics",
            data_classes=_FINANCIAL,
            rows_median=24,
            rows_sigma=0.3,
            row_bytes=180,
        ),
    }


def _report(report_type: str, data_class: DataClass, subject: str, rows_median: float) -> Operation:
    return Operation(
        name="getReportDocument",
        target=_REPORTS + "/documents/{id}",
        report_type=report_type,
        data_classes=(data_class,),
        subject=subject,
        rows_median=rows_median,
        rows_sigma=0.7,
        page_rows=1_000_000,
        row_bytes=220,
    )


def _reports() -> dict[str, Operation]:
    return {
        "report_create": Operation(
            name="createReport", target=_REPORTS + "/reports", method="POST", rows_median=0
        ),
        "report_status": Operation(
            name="getReport", target=_REPORTS + "/reports/{id}", rows_median=0
        ),
        "report_orders": _report(
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL",
            DataClass.CUSTOMER,
            "buyer",
            700,
        ),
        "report_shipments": _report(
            "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL", DataClass.CUSTOMER, "buyer", 500
        ),
        "report_settlement": _report(
            "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2",
            DataClass.FINANCIAL,
            "transaction",
            900,
        ),
        "report_vat": _report("GET_VAT_TRANSACTION_DATA", DataClass.FINANCIAL, "transaction", 1100),
        "report_stock": _report(
            "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA", DataClass.INVENTORY, "sku", 1500
        ),
        "report_listings": _report(
            "GET_MERCHANT_LISTINGS_ALL_DATA", DataClass.CATALOG, "sku", 1800
        ),
    }


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    _orders() | _money() | _goods() | _reports() | cloud_operations()
)
