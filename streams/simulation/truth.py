"""The ground truth as one JSON document."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from streams.simulation.attack import Attack
from streams.simulation.disturbances import Confounder
from streams.simulation.simulated_principal import PrincipalProfile


def truth_document(
    attacks: Iterable[Attack],
    confounders: Iterable[Confounder] = (),
    profiles: Mapping[str, PrincipalProfile] | None = None,
    canaries: Iterable[str] = (),
) -> dict[str, Any]:
    """Return attacks, confounders, principals and canaries as one JSON document."""
    return {
        "attacks": [_attack_document(attack) for attack in attacks],
        "confounders": [
            {
                "kind": one.kind,
                "principals": one.principals,
                "start": _rfc3339(one.start),
                "end": _rfc3339(one.end),
            }
            for one in confounders
        ],
        "principals": _profiles_document(profiles or {}),
        "canaries": tuple(canaries),
    }


def _attack_document(attack: Attack) -> dict[str, Any]:
    return {
        "attack_id": attack.attack_id,
        "kind": attack.kind,
        "way": attack.way,
        "note": attack.note,
        "tenant": attack.tenant,
        "principal": attack.principal,
        "credential_id": attack.credential_id,
        "start": _rfc3339(attack.start),
        "end": _rfc3339(attack.end),
        "data_classes": attack.data_classes,
        "rows_total": attack.rows_total,
        "events": [
            {"event_id": name, "time": _rfc3339(time), "rows": rows}
            for name, time, rows in zip(attack.event_ids, attack.times, attack.rows, strict=True)
        ],
    }


def _profiles_document(profiles: Mapping[str, PrincipalProfile]) -> dict[str, Any]:
    return {
        name: {
            "kind": profile.kind,
            "allowed_data_classes": profile.allowed_data_classes,
            "expected_networks": profile.expected_networks,
        }
        for name, profile in profiles.items()
    }


def _rfc3339(time: float) -> str:
    text = datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
