"""The kinds of integrations."""

from enum import StrEnum


class IntegrationKind(StrEnum):
    """The purpose of a principal; each kind is a cohort."""

    ERP = "erp"
    REPRICER = "repricer"
    BI = "bi"
    PAYMENT = "payment"
    SHIPPING = "shipping"
    TAX = "tax"
    SUPPORT = "support"
    STAFF = "staff"
    ETL_ROLE = "etl_role"
    LAMBDA_ROLE = "lambda_role"
    AWS_SERVICE = "aws_service"

    @property
    def is_cloud(self) -> bool:
        """Whether its calls appear in CloudTrail and not in the seller API's log.

        Examples
        --------
        >>> IntegrationKind.ETL_ROLE.is_cloud, IntegrationKind.ERP.is_cloud
        (True, False)
        """
        return self in (self.ETL_ROLE, self.LAMBDA_ROLE, self.AWS_SERVICE)
