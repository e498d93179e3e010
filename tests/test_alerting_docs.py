"""docs/alerting.md names every alert and kind, and none that does not exist."""

import re
from pathlib import Path

import yaml

from streams.presentation.alert_texts import ALERT_TEXTS


def text(root: Path) -> str:
    return (root / "docs/alerting.md").read_text()


def test_every_alert_is_named(root: Path) -> None:
    alerts = set()
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            alerts |= {rule["alert"] for rule in group["rules"] if "alert" in rule}
    named = set(re.findall(r"\b(Seller[A-Z]\w+|Sellerwatch[A-Z]\w+|Watchdog)\b", text(root)))
    assert named == alerts


def test_the_table_of_kinds_is_the_codes(root: Path) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|$", text(root), re.M))
    assert rows == {str(kind): text.name for kind, text in ALERT_TEXTS.items()}
