"""Whether sellerwatch itself works: workers, lag, latency, checkpoints, bad input."""

from grafana_foundation_sdk.builders import dashboard

from dashboards.parts import JOB, Panel, labels_variable, lines, number, query, start

_ONE = f'{JOB}, instance=~"$instance"'


def pipeline() -> dashboard.Dashboard:
    """Build the dashboard."""
    board = start(
        "sellerwatch-pipeline",
        "sellerwatch: pipeline health",
        "Workers, lag, latency against its objective, checkpoints, and unreadable records.",
    )
    instances = "label_values(sellerwatch_build_info, instance)"
    board = board.with_variable(labels_variable("instance", "Instance", instances).all_value(".+"))
    for panel in (*_figures(), *_flow(), *_state(), *_machine(), _notifications()):
        board = board.with_panel(panel)
    return board


def _rate(metric: str, by: str = "", only: str = "") -> str:
    grouped = f"sum by ({by})" if by else "sum"
    return f"{grouped} (rate(sellerwatch_{metric}{{{_ONE}{only}}}[$__rate_interval]))"


def _quantile(share: float, metric: str) -> str:
    return f"histogram_quantile({share}, {_rate(metric + '_bucket', 'le')})"


def _figures() -> tuple[Panel, ...]:
    return (
        _workers_up(),
        _events(),
        _time_to_catch_up(),
        _late_messages(),
        _oldest_checkpoint(),
        _dead_letters(),
    )


def _workers_up() -> Panel:
    return number(
        "Workers up",
        "Workers whose metrics port answers.",
        "short",
        f"sum(up{{{_ONE}}}) or vector(0)",
        (None, "red"),
        (1, "green"),
    )


def _events() -> Panel:
    return number(
        "Events", "Events scored per second.", "ops", _rate("events_total"), (None, "blue")
    )


def _time_to_catch_up() -> Panel:
    drain = f"sum(max by (partition) (sellerwatch_consumer_lag_messages{{{_ONE}}})) / clamp_min({_rate('messages_total')}, 0.001)"
    return number(
        "Time to catch up",
        "Time to clear the backlog in Kafka at the current speed.",
        "s",
        drain,
        (None, "green"),
        (60, "orange"),
        (600, "red"),
    )


def _late_messages() -> Panel:
    quick = _rate("event_to_incident_seconds_bucket", only=', le="1.0"')
    late = f"1 - {quick} / clamp_min({_rate('event_to_incident_seconds_count')}, 0.001)"
    return number(
        "Late messages",
        "Share of messages whose incidents came out more than a second after arrival; objective: 1 %.",
        "percentunit",
        late,
        (None, "green"),
        (0.01, "orange"),
        (0.144, "red"),
    )


def _oldest_checkpoint() -> Panel:
    return number(
        "Oldest checkpoint",
        "How much the next owner must replay if a worker dies now.",
        "s",
        f"time() - min(max by (partition) (sellerwatch_checkpoint_timestamp_seconds{{{_ONE}}}))",
        (None, "green"),
        (300, "red"),
    )


def _dead_letters() -> Panel:
    return number(
        "Dead letters",
        "Records that could not be read, in the selected time range.",
        "short",
        f"sum(increase(sellerwatch_dead_letters_total{{{_ONE}}}[$__range]))",
        (None, "green"),
        (10, "orange"),
    )


def _flow() -> tuple[Panel, ...]:
    return (
        _events_by_outcome(),
        _messages_waiting(),
        _event_to_incident(),
        _time_for_a_message(),
        _where_the_time_goes(),
        _events_by_service(),
    )


def _events_by_outcome() -> Panel:
    return lines(
        "Events by outcome",
        "Events scored per second, by outcome.",
        "ops",
        query(_rate("events_total", "outcome"), "{{outcome}}"),
    )


def _messages_waiting() -> Panel:
    return lines(
        "Consumer lag",
        "Messages of each partition that are not scored yet.",
        "short",
        query(
            f"max by (partition) (sellerwatch_consumer_lag_messages{{{_ONE}}})",
            "partition {{partition}}",
        ),
    )


def _event_to_incident() -> Panel:
    return lines(
        "Event to incident",
        "From a message's arrival in Kafka until its incidents were acknowledged.",
        "s",
        query(_quantile(0.5, "event_to_incident_seconds"), "median"),
        query(_quantile(0.99, "event_to_incident_seconds"), "99 %"),
    )


def _time_for_a_message() -> Panel:
    return lines(
        "Time per message",
        "Time to decode and score one message.",
        "s",
        query(_quantile(0.5, "batch_seconds"), "median"),
        query(_quantile(0.99, "batch_seconds"), "99 %"),
    )


def _where_the_time_goes() -> Panel:
    return lines(
        "Where the time goes",
        "Share of each second spent in each stage.",
        "percentunit",
        query(_rate("stage_seconds_total", "stage"), "{{stage}}"),
    )


def _events_by_service() -> Panel:
    return lines(
        "Events by service",
        "The line of a silent source ends.",
        "ops",
        query(_rate("service_events_total", "tenant, service"), "{{service}} of {{tenant}}"),
    )


def _state() -> tuple[Panel, ...]:
    return (
        _principals_known(),
        _checkpoints(),
        _bad_and_repeated_input(),
    )


def _principals_known() -> Panel:
    return lines(
        "Known principals",
        "Principals in the state of each partition.",
        "short",
        query(f"max by (partition) (sellerwatch_principals{{{_ONE}}})", "partition {{partition}}"),
    )


def _checkpoints() -> Panel:
    return lines(
        "Checkpoints",
        "Bytes written per second; an unchanged partition writes none.",
        "Bps",
        query(_rate("checkpoint_bytes_total"), "bytes"),
    )


def _bad_and_repeated_input() -> Panel:
    return lines(
        "Bad and repeated input",
        "Dead letters, late events, events with an impossible time, duplicates, "
        "principals evicted because there were too many, refused verdicts and checkpoints, "
        "and accesses that were not written down.",
        "ops",
        *(
            query(_rate(f"{metric}_total"), metric.replace("_", " "))
            for metric in (
                "dead_letters",
                "late_events",
                "future_events",
                "time_jumps",
                "evicted_principals",
                "duplicate_events",
                "duplicate_messages",
                "refused_verdicts",
                "refused_checkpoints",
                "audit_failures",
            )
        ),
    )


def _machine() -> tuple[Panel, ...]:
    return (
        lines(
            "Memory",
            "Resident memory of each worker.",
            "bytes",
            query(f"max by (instance) (process_resident_memory_bytes{{{_ONE}}})", "{{instance}}"),
        ),
        lines(
            "Processor",
            "Cores used by each worker; a worker can use one.",
            "short",
            query(
                f"max by (instance) (rate(process_cpu_seconds_total{{{_ONE}}}[$__rate_interval]))",
                "{{instance}}",
            ),
        ),
        lines(
            "Scrape size",
            "Series that each worker exports.",
            "short",
            query(f"max by (instance) (scrape_samples_scraped{{{_ONE}}})", "{{instance}}"),
        ),
    )


def _notifications() -> Panel:
    return lines(
        "Notifications",
        "Notifications that Alertmanager sent, and those that failed.",
        "ops",
        query(
            "sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval]))",
            "{{integration}} sent",
        ),
        query(
            "sum by (integration) (rate(alertmanager_notifications_failed_total[$__rate_interval]))",
            "{{integration}} failed",
        ),
        width=24,
    )
