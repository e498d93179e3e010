"""Writes the tables of docs/detection.md and its plot."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from bench.detection_alarms import ALWAYS, Alarm, rule_names, with_hindsight
from bench.detection_score import (
    Page,
    Score,
    Truth,
    false_page_rate,
    medians,
    recall,
    recall_interval,
    score,
)

NOMINALS: Final = (0.01, 0.001)
OWN: Final = "sellerwatch"
_BEGIN: Final = "<!-- measured: begin -->"
_END: Final = "<!-- measured: end -->"
_COLOURS: Final = ("#b3261e", "#5b2a86", "#1f6feb", "#0a7d55", "#9a6700", "#57606a", "#c2559d")
Pages = Mapping[tuple[str, float], Sequence[Page]]
Alarms = Mapping[tuple[str, float | None], Sequence[Alarm]]


class Row:
    """A line of a family's table.

    Parameters
    ----------
    name
        Of the way to detect.
    scores
        One for each seed.
    title
        What the table calls it, if it is not the name.
    """

    def __init__(self, name: str, scores: Sequence[Score], title: str | None = None) -> None:
        self.name, self.scores = name, scores
        self.title = name if title is None else title
        self.recall, self.rate = recall(scores), false_page_rate(scores)

    def cells(self) -> str:
        """Return recall with its interval, the achieved rate and the share read before."""
        low, high = recall_interval(self.scores)
        share = medians(self.scores)[0]
        read = "-" if share is None else f"{share:.2f}"
        return f"{self.recall:.2f} ({low:.2f} to {high:.2f}) | {self.rate:.4f} | {read}"


class Family:
    """What the worlds of one family gave.

    Parameters
    ----------
    name
        Of the family.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._worlds: list[tuple[int, Truth, Pages, Alarms]] = []
        self._rows: dict[float, list[Row]] = {}

    def add(self, seed: int, truth: Truth, pages: Pages, alarms: Alarms) -> None:
        """Add a world."""
        self._worlds.append((seed, truth, pages, alarms))
        self._worlds.sort(key=lambda world: world[0])
        self._rows.clear()

    @property
    def head(self) -> str:
        """What was measured, in one line."""
        seeds = [seed for seed, *_ in self._worlds]
        attacks = sum(len(truth.attacks) for _, truth, *_ in self._worlds)
        days = sum(truth.principal_days for _, truth, *_ in self._worlds)
        return f"seeds {seeds[0]} to {seeds[-1]}, {attacks} attacks, {days:,} judged principal-days"

    @property
    def kinds(self) -> list[str]:
        """The kinds of its attacks."""
        kinds = [attack.kind for _, truth, *_ in self._worlds for attack in truth.attacks]
        return list(dict.fromkeys(sorted(kinds)))

    def rows(self, nominal: float) -> list[Row]:
        """Return the lines of the table: ours first, then peers and rules with hindsight."""
        if nominal not in self._rows:
            self._rows[nominal] = [*self._online(nominal), *self._hindsight(nominal)]
        return self._rows[nominal]

    def row(self, nominal: float, name: str = OWN) -> Row:
        """Return one line."""
        return next(row for row in self.rows(nominal) if row.name == name)

    def best(self, nominal: float, names: Iterable[str]) -> Row | None:
        """Return the line of some with the highest recall."""
        wanted = set(names)
        fitting = [row for row in self.rows(nominal) if row.name in wanted]
        return max(fitting, key=lambda row: row.recall, default=None)

    def peers(self) -> list[str]:
        """Return the names of the peers."""
        names = [name for name, nominal in self._worlds[0][3] if nominal is None]
        return [name for name in names if name not in rule_names()]

    def _online(self, nominal: float) -> Iterable[Row]:
        names = [name for name, rate in self._worlds[0][2] if rate == nominal]
        for name in names:
            yield Row(name, [score(t, pages[name, nominal]) for _, t, pages, _ in self._worlds])

    def _statistics(self, name: str, nominal: float) -> Row:
        runs = [
            (truth, [one for one in alarms[name, nominal] if one.value < ALWAYS])
            for _, truth, _, alarms in self._worlds
        ]
        return Row(statistics_of(name), with_hindsight(runs, nominal)[1])

    def _hindsight(self, nominal: float) -> Iterable[Row]:
        for name, rate in self._worlds[0][3]:
            if rate is None or rate == nominal:
                runs = [(truth, alarms[name, rate]) for _, truth, _, alarms in self._worlds]
                threshold, scores = with_hindsight(runs, nominal)
                if rate is not None:
                    yield Row(hindsight_of(name), scores)
                    yield self._statistics(name, nominal)
                elif name in rule_names():
                    yield Row(name, scores, f"{name}, {threshold:,.1f} by hindsight")
                else:
                    yield Row(name, scores, f"{name}, threshold of hindsight")


def statistics_of(name: str) -> str:
    """Return the name of a row that has no rules and the threshold of hindsight."""
    return f"{name}, no rules, threshold of hindsight"


def hindsight_of(name: str) -> str:
    """Return the name of a row whose threshold is that of hindsight."""
    return f"{name}, threshold of hindsight"


def write_page(folder: Path, families: Sequence[Family], text: str) -> None:
    """Put the tables between the marks of docs/detection.md, and draw docs/detection.svg."""
    page = folder / "detection.md"
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(_BEGIN) + ".*" + re.escape(_END), re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{_BEGIN}\n\n{text}\n\n{_END}", old), encoding="utf-8")
    (folder / "detection.svg").write_text(_plot(families), encoding="utf-8")


def tables(families: Sequence[Family]) -> str:
    """Return all tables, the worst family first."""
    ordered = sorted(families, key=lambda family: family.row(NOMINALS[0]).recall)
    parts = [_lead(ordered)]
    parts += [_summary(ordered, nominal) for nominal in NOMINALS]
    parts += [_family(family) for family in ordered]
    return "\n\n".join(parts)


def _lead(ordered: Sequence[Family]) -> str:
    sentences = []
    for nominal in NOMINALS:
        worst = min(ordered, key=lambda family: family.row(nominal).recall)
        loudest = max(ordered, key=lambda family: family.row(nominal).rate)
        row, loud = worst.row(nominal), loudest.row(nominal)
        sentences.append(
            f"At nominal {nominal} the worst family is {worst.name}, with a recall of "
            f"{row.recall:.2f}; the most false pages are in {loudest.name}, {loud.rate:.4f} a "
            f"principal-day, {loud.rate / nominal:.1f} times the nominal rate."
        )
    return "\n".join(sentences)


def _summary(ordered: Sequence[Family], nominal: float) -> str:
    rows = [
        f"| nominal {nominal} | recall (90 % interval) | false pages a principal-day | read before "
        "| no rules, hindsight | best peer with hindsight | best rule with hindsight |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in ordered:
        own, ideal = family.row(nominal), family.row(nominal, statistics_of(OWN))
        peer, rule = family.best(nominal, family.peers()), family.best(nominal, rule_names())
        rows.append(
            f"| {family.name} | {own.cells()} | {ideal.recall:.2f} | {_named(peer)} | "
            f"{_named(rule)} |"
        )
    return "\n".join(rows)


def _named(row: Row | None) -> str:
    return "-" if row is None else f"{row.recall:.2f} {row.name}"


def _family(family: Family) -> str:
    head = "| nominal | what | recall (90 % interval) | false pages a principal-day | read before |"
    rows = [f"#### {family.name}: {family.head}", "", head, "|---|---|---|---|---|"]
    for nominal in NOMINALS:
        for row in family.rows(nominal):
            rows.append(f"| {nominal} | {row.title} | {row.cells()} |")
    rows += ["", _by_kind(family)]
    return "\n".join(rows)


def _by_kind(family: Family) -> str:
    own = [family.row(nominal) for nominal in NOMINALS]
    ideal = [family.row(nominal, statistics_of(OWN)) for nominal in NOMINALS]
    rows = [
        "| attack | how many | recall at 0.01 | no rules, hindsight | recall at 0.001 | "
        "no rules, hindsight | read before | minutes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in family.kinds:
        count = sum(o.kind == kind for s in own[0].scores for o in s.outcomes)
        cells = [
            f"{recall(row.scores, kind):.2f}"
            for pair in zip(own, ideal, strict=True)
            for row in pair
        ]
        share, minutes = medians(own[0].scores, kind)
        read = "-" if share is None else f"{share:.3f}"
        after = "-" if minutes is None else f"{minutes:,.0f}"
        rows.append(f"| {kind} | {count} | {' | '.join(cells)} | {read} | {after} |")
    return "\n".join(rows)


def _plot(families: Sequence[Family]) -> str:
    """Draw recall against false pages, the latter on a logarithmic scale."""
    body = [_axis()]
    for number, family in enumerate(families):
        colour = _COLOURS[number % len(_COLOURS)]
        for name, dashes in ((OWN, ""), (statistics_of(OWN), ' stroke-dasharray="4 4"')):
            rows = [family.row(nominal, name) for nominal in NOMINALS]
            places = [(_x(row.rate), _y(row.recall)) for row in rows]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            line = f'stroke="{colour}" stroke-width="2"{dashes}'
            body.append(f'<polyline points="{path}" fill="none" {line}/>')
            body += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places
            ]
        y = 40 + 20 * number
        body.append(f'<rect x="600" y="{y - 9}" width="12" height="4" fill="{colour}"/>')
        body.append(f'<text x="618" y="{y - 3}">{escape(family.name)}</text>')
    body.append('<text x="600" y="200">dashed: no rules, threshold of hindsight</text>')
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
