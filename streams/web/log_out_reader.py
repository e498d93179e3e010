"""Reads from Kafka which sessions were ended on other workers."""

import time
from collections.abc import Callable
from typing import Any

from models.domain.time_units import HOUR_SECONDS
from streams.kafka.audit_topic import AuditRecord, decode_audit
from streams.kafka.topic_follower import TopicFollower
from streams.settings.settings import Settings
from streams.web.authentication import Authentication


class LogOutReader(TopicFollower):
    """Follows the audit topic, from as long ago as a session can be old.

    A record counts only if it proves that its writer knew the session and its token, so whoever
    may write to the topic ends no session.

    Parameters
    ----------
    settings
        The sections kafka, topics and web.
    authentication
        Refuses the sessions from then on.
    count_failure
        Called each time the thread fails unexpectedly.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        settings: Settings,
        authentication: Authentication,
        *,
        count_failure: Callable[[], None],
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        def take(record: AuditRecord) -> None:
            if record.ended_session is not None:
                authentication.take_notice(record.ended_session)

        super().__init__(
            "log-out-reader",
            settings.kafka,
            settings.topics.audit,
            since_seconds=lambda: clock() - settings.web.session_hours * HOUR_SECONDS,
            decode=decode_audit,
            take=take,
            skip=lambda: None,
            newest_of=None,
            count_failure=count_failure,
            **options,
        )
