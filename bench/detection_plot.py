"""Draws recall against false pages."""

import math
from collections.abc import Sequence
from html import escape
from typing import Final

_COLOURS: Final = ("#b3261e", "#5b2a86", "#1f6feb", "#0a7d55", "#9a6700", "#57606a", "#c2559d")
_DASHES: Final = ("", ' stroke-dasharray="4 4"')
# Points of false pages and recall: first our own line, then that of hindsight.
Lines = list[list[tuple[float, float]]]


def plot(families: Sequence[tuple[str, Lines]]) -> str:
    """Draw recall against false pages as SVG, the latter on a logarithmic scale."""
    body = [_axis()]
    for number, (name, lines) in enumerate(families):
        colour = _COLOURS[number % len(_COLOURS)]
        for points, dashes in zip(lines, _DASHES, strict=True):
            body.append(_line(points, colour, dashes))
        y = 40 + 20 * number
        body.append(f'<rect x="600" y="{y - 9}" width="12" height="4" fill="{colour}"/>')
        body.append(f'<text x="618" y="{y - 3}">{escape(name)}</text>')
    body.append('<text x="600" y="200">dashed: no rules, threshold of hindsight</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="940" height="420" '
        'font-family="sans-serif" font-size="12"><title>Recall against false pages</title>'
        '<rect width="940" height="420" fill="#ffffff"/>' + "".join(body) + "</svg>\n"
    )


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    places = [(_x(rate), _y(found)) for rate, found in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = f'stroke="{colour}" stroke-width="2"{dashes}'
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    return f'<polyline points="{path}" fill="none" {line}/>' + "".join(dots)


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
