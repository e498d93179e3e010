"""Notifications of the marketplace, in the shape of its schemas."""

from typing import Any

from models.domain.seller_notice import ORDER_CHANGED, REPORT_FINISHED

RESTRICTED = "GET_ORDER_REPORT_DATA_SHIPPING"


def report(**fields: object) -> dict[str, Any]:
    said = {
        "sellerId": "A1EXAMPLE", "reportId": "50001", "reportType": RESTRICTED,
        "processingStatus": "DONE", "reportDocumentId": "d-1",
    }  # fmt: skip
    return {
        "notificationVersion": "2020-09-04", "notificationType": REPORT_FINISHED,
        "eventTime": "2026-01-01T08:00:00Z",
        "payload": {"reportProcessingFinishedNotification": said | fields},
        "notificationMetadata": {"applicationId": "amzn1.x", "notificationId": "n-1"},
    }  # fmt: skip


def order() -> dict[str, Any]:
    said = {
        "SellerId": "A1EXAMPLE", "AmazonOrderId": "902-1845936-5435065",
        "Summary": {"DestinationPostalCode": "99999"},
    }  # fmt: skip
    return {
        "NotificationType": ORDER_CHANGED, "EventTime": "2026-01-01T08:00:00Z",
        "Payload": {"OrderChangeNotification": said},
        "NotificationMetadata": {"NotificationId": "n-2"},
    }  # fmt: skip
