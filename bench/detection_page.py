"""Writes the tables of docs/detection.md and its plot."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.detection_alarms import ALWAYS, Alarm, rule_names, with_hindsight
from bench.detection_plot import Lines, plot
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
        self._shown: list[bool] = []
        self._rows: dict[float, list[Row]] = {}

    def add(
        self, seed: int, truth: Truth, pages: Pages, alarms: Alarms, shown: Sequence[bool]
    ) -> None:
        """Add a world; `shown` tells for each attack whether its log shows anything of it."""
        self._shown += shown
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
    def shown(self) -> float:
        """The share of the attacks of which the log shows anything."""
        return sum(self._shown) / len(self._shown)

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
    lines = [(family.name, _points(family)) for family in families]
    (folder / "detection.svg").write_text(plot(lines), encoding="utf-8")


def _points(family: Family) -> Lines:
    """Return false pages and recall at each nominal rate: ours, and our statistics in hindsight."""
    return [
        [(row.rate, row.recall) for row in (family.row(nominal, name) for nominal in NOMINALS)]
        for name in (OWN, statistics_of(OWN))
    ]


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
        "| shown by the log | no rules, hindsight | best peer with hindsight "
        "| best rule with hindsight |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for family in ordered:
        own, ideal = family.row(nominal), family.row(nominal, statistics_of(OWN))
        peer, rule = family.best(nominal, family.peers()), family.best(nominal, rule_names())
        rows.append(
            f"| {family.name} | {own.cells()} | {family.shown:.2f} | {ideal.recall:.2f} | "
            f"{_named(peer)} | {_named(rule)} |"
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
