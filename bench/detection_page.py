"""Writes the table of docs/detection.md and its plot."""

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from bench.detection_score import Score, false_page_rate, medians, recall

_KINDS: Final = (
    "burst", "trickle", "leaked_key", "processor_suppliers", "processor_buyers", "night_export",
    "new_scraper", "ramp", "key_sharing", "canary", "enumeration", "stolen_role",
)  # fmt: skip
_BEGIN: Final = "<!-- measured: begin -->"
_END: Final = "<!-- measured: end -->"
_COLOURS: Final = ("#b3261e", "#5b2a86", "#1f6feb", "#0a7d55", "#9a6700", "#57606a", "#c2559d",
                   "#2f81a8", "#444444")  # fmt: skip
Ours = Mapping[tuple[str, float], list[Score]]
Others = Mapping[str, Mapping[float, list[Score]]]


def write_page(folder: Path, ours: Ours, others: Others, seeds: Sequence[int]) -> str:
    """Put the tables between the marks of docs/detection.md; return them.

    Parameters
    ----------
    folder
        Folder of detection.md.
    ours
        By configuration and nominal rate.
    others
        By peer and nominal rate.
    seeds
        Of the simulations.
    """
    parts = [_head(ours, seeds)]
    for nominal in (0.01, 0.001):
        parts.append(_summary(ours, others, nominal))
    for nominal in (0.01, 0.001):
        parts.append(_by_attack(ours, others, nominal))
    text = "\n\n".join(parts)
    page = folder / "detection.md"
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(_BEGIN) + ".*" + re.escape(_END), re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{_BEGIN}\n\n{text}\n\n{_END}", old), encoding="utf-8")
    (folder / "detection.svg").write_text(_plot(ours, others), encoding="utf-8")
    return text


def _head(ours: Ours, seeds: Sequence[int]) -> str:
    scores = next(iter(ours.values()))
    attacks = sum(len(s.outcomes) for s in scores)
    days = sum(s.principal_days for s in scores)
    return (
        f"Seeds {seeds[0]} to {seeds[-1]}, each with 96 principals, 7 days of warm-up and 14 "
        f"scored days: {days:,} principal-days, {attacks} attacks of 12 kinds."
    )


def _summary(ours: Ours, others: Others, nominal: float) -> str:
    rows = [f"| nominal {nominal} | recall | false pages a principal-day |", "|---|---|---|"]
    for (name, rate), scores in ours.items():
        if rate == nominal:
            rows.append(f"| {name} | {recall(scores):.2f} | {false_page_rate(scores):.4f} |")
    for name, rates in others.items():
        scores = rates[nominal]
        rows.append(f"| {name} | {recall(scores):.2f} | {false_page_rate(scores):.4f} |")
    return "\n".join(rows)


def _by_attack(ours: Ours, others: Others, nominal: float) -> str:
    own = {name: scores for (name, rate), scores in ours.items() if rate == nominal}
    columns = {**own, **{name: rates[nominal] for name, rates in others.items()}}
    short = " | ".join(columns)
    rows = [
        f"Recall by attack at nominal {nominal}. The last two columns are the share of the "
        "attack's rows read before the page and the minutes until the page: medians over the "
        "attacks that the first column found.",
        "",
        f"| attack | {short} | share read | minutes |",
        "|---|" + "---|" * (len(columns) + 2),
    ]
    first = next(iter(own.values()))
    for kind in _KINDS:
        cells = " | ".join(f"{recall(scores, kind):.2f}" for scores in columns.values())
        share, minutes = medians(first, kind)
        read = "-" if share is None else f"{share:.3f}"
        after = "-" if minutes is None else f"{minutes:,.0f}"
        rows.append(f"| {kind} | {cells} | {read} | {after} |")
    return "\n".join(rows)


def _plot(ours: Ours, others: Others) -> str:
    """Draw recall against false pages, the latter on a logarithmic scale."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for (name, _), scores in ours.items():
        lines.setdefault(name, []).append((false_page_rate(scores), recall(scores)))
    for name, rates in others.items():
        lines[name] = [(false_page_rate(s), recall(s)) for s in rates.values()]
    body = [_axis()]
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [(_x(rate), _y(found)) for rate, found in sorted(points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        y = 40 + 20 * number
        body.append(f'<rect x="600" y="{y - 9}" width="12" height="4" fill="{colour}"/>')
        body.append(f'<text x="618" y="{y - 3}">{escape(name)}</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="940" height="420" '
        'font-family="sans-serif" font-size="12"><title>Recall against false pages</title>'
        '<rect width="940" height="420" fill="#ffffff"/>' + "".join(body) + "</svg>\n"
    )


def _x(rate: float) -> float:
    return 70 + 170 * (math.log10(max(rate, 1e-4)) + 4)


def _y(found: float) -> float:
    return 370 - 340 * found


def _axis() -> str:
    parts = []
    for tick in (0.0001, 0.001, 0.01, 0.1):
        x = _x(tick)
        parts.append(f'<line x1="{x}" y1="30" x2="{x}" y2="370" stroke="#dddddd"/>')
        parts.append(f'<text x="{x}" y="388" text-anchor="middle">{tick:g}</text>')
    for tenths in range(0, 11, 2):
        y = _y(tenths / 10)
        parts.append(f'<line x1="70" y1="{y}" x2="580" y2="{y}" stroke="#dddddd"/>')
        parts.append(f'<text x="62" y="{y + 4}" text-anchor="end">{tenths / 10:.1f}</text>')
    parts.append('<text x="325" y="410" text-anchor="middle">false pages a principal-day</text>')
    parts.append('<text x="18" y="200" transform="rotate(-90 18 200)">recall</text>')
    return "".join(parts)
