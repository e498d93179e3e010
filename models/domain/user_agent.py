"""Takes the programs and their versions out of a user agent."""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

_REMEMBERED: Final = 8192
_CHARACTERS: Final = 1024
_PRODUCTS: Final = 4
# Words of a user agent that are looked at.
_WORDS: Final = 64
_PRODUCT: Final = re.compile(r"([A-Za-z][A-Za-z0-9._\-]{0,39})/v?([0-9][^/\s]*)", re.ASCII)
_VERSION: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}(?![0-9])", re.ASCII)
# Digits of a version, and of a program's name: longer numbers are somebody's.
_VERSION_DIGITS: Final = 6
_NAME_DIGITS: Final = 3
_COMMENT: Final = re.compile(r"\([^()]*\)")
_SERVICE: Final = re.compile(r"(?:[a-z0-9\-]+\.){1,2}amazonaws\.com(?:\.cn)?", re.ASCII)
# Programs, kits, libraries and platforms that users share.
_KNOWN: Final = frozenset(
    "mozilla applewebkit chrome chromium safari firefox gecko edge edg opr opera version "
    "mobile headlesschrome curl wget python python-requests python-urllib python-urllib3 "
    "python-httplib2 python-httpx aiohttp boto boto3 botocore aws-cli aws-internal aws-sdk- "
    "java aws-sdk-go aws-sdk-go-v2 aws-sdk-js aws-sdk-nodejs aws-sdk-php aws-sdk-ruby aws- "
    "sdk-ruby2 aws-sdk-ruby3 aws-sdk-rust aws-sdk-net aws-sdk-cpp aws-sdk-kotlin aws-sdk- "
    "swift java jdk openjdk linux darwin windows macos android go-http-client okhttp apache- "
    "httpclient postmanruntime insomnia scrapy libwww-perl powershell node node-fetch axios "
    "undici got php guzzlehttp ruby faraday perl terraform terraform-provider-aws hashicorp "
    "apn s3fs rclone s3cmd amzn-sp-api exec-env md cfg api ua os lang".split()
)
_SERVICES: Final = frozenset(
    "apigateway application-autoscaling appsync athena autoscaling backup batch bedrock "
    "cloudformation cloudfront cloudtrail cloudwatch codebuild codepipeline cognito-idp "
    "config console delivery dynamodb ec2 ecr ecs eks elasticache elasticmapreduce es events "
    "firehose glue guardduty iam inspector2 kinesis kms lakeformation lambda logs macie mq "
    "monitoring opensearchservice organizations quicksight rds redshift redshift-data s3 "
    "sagemaker secretsmanager securityhub servicecatalog ses signin sns sqs ssm sso states "
    "storagegateway sts support tagging transfer trustedadvisor vpc-flow-logs".split()
)


@lru_cache(maxsize=_REMEMBERED)
def programs_of(user_agent: str) -> str | None:
    """Return the programs of a user agent with their versions; None if it names none.

    The first word may be any program with its version. Of the others those stay that many users
    share. Comments, platforms, addresses and long numbers go.

    Parameters
    ----------
    user_agent
        As logged.

    Examples
    --------
    >>> programs_of("Mozilla/5.0 (X11; Jane's) AppleWebKit/537.36 Chrome/120.0.6099.109")
    'Mozilla/5.0 AppleWebKit/537.36 Chrome/120.0'
    >>> programs_of("OrderBridge/3.1.2 (jane@example.com)")
    'OrderBridge/3.1.2'
    >>> programs_of("bot of Jane"), programs_of("athena.amazonaws.com")
    (None, 'athena.amazonaws.com')
    """
    text = user_agent[:_CHARACTERS].strip("[] ")
    if text == "AWS Internal" or is_service(text):
        return text
    while (bare := _COMMENT.sub(" ", text)) != text:
        text = bare
    found: dict[str, None] = {}
    # An open bracket begins a comment that was cut off.
    for place, word in enumerate(islice(text.partition("(")[0].split(), _WORDS)):
        if (program := _program(word, is_first=place == 0)) is not None:
            found[program] = None
    return " ".join(islice(found, _PRODUCTS)) or None


def is_service(text: str) -> bool:
    """Whether a text is the host name by which CloudTrail calls a service of AWS.

    Examples
    --------
    >>> is_service("console.ec2.amazonaws.com"), is_service("jane.amazonaws.com")
    (True, False)
    """
    return _SERVICE.fullmatch(text) is not None and _SERVICES.issuperset(
        text.partition(".amazonaws.com")[0].split(".")
    )


def _program(word: str, *, is_first: bool) -> str | None:
    found = _PRODUCT.fullmatch(word)
    name = found[1] if found else word.partition("/")[0]
    is_known = name.lower() in _KNOWN
    if not is_known and not (is_first and found):
        return None
    if not is_known and sum(map(str.isdigit, name)) > _NAME_DIGITS:
        return None
    version = None if found is None else _VERSION.match(found[2])
    if version is None:
        return name if is_known else None
    digits = version[0].replace(".", "")
    return f"{name}/{version[0]}" if len(digits) <= _VERSION_DIGITS else name
