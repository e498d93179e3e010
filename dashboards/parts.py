"""Parts that all dashboards share: data source, variables, annotations, links, panels."""

from collections.abc import Sequence
from typing import Any, Final

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

Panel = Builder[models.Panel]
Target = Builder[Dataquery]
SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
JOB: Final = 'job=~"$job"'
# Grafana's grid is 24 wide.
WIDE, HALF, THIRD, QUARTER, SIXTH = 24, 12, 8, 6, 4
TALL, MIDDLE, SMALL = 9, 8, 4


def start(uid: str, title: str, text: str) -> dashboard.Dashboard:
    """Begin a dashboard with its variables for source and job, ALERTS and links."""
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(text)
        .tags(["sellerwatch"])
        .readonly()
        .time("now-6h", "now")
        .refresh("30s")
        .timezone("utc")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .with_variable(
            dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
        )
        .with_variable(
            dashboard.QueryVariable("job")
            .label("Job")
            .datasource(SOURCE)
            .query("label_values(sellerwatch_build_info, job)")
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .include_all(True)
            .multi(True)
            .all_value(".+")
        )
        .annotation(
            dashboard.AnnotationQuery()
            .name("Alerts")
            .datasource(SOURCE)
            .enable(True)
            .icon_color("red")
            .expr(
                'ALERTS{alertstate="firing", detector="sellerwatch", severity=~"critical|warning"}'
            )
            .title_format("{{alertname}}")
            .text_format("{{principal}} {{tenant}}")
            .step("30s")
        )
        .link(
            dashboard.DashboardLink("sellerwatch")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags(["sellerwatch"])
            .keep_time(True)
            .as_dropdown(True)
        )
    )


def labels_variable(name: str, label: str, query: str) -> dashboard.QueryVariable:
    """Return a variable over label values, with multiple choice."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .include_all(True)
        .multi(True)
        .all_value(".*")
    )


def address_variable(name: str) -> dashboard.QueryVariable:
    """Return a hidden variable with a base address that the workers export."""
    return (
        dashboard.QueryVariable(name)
        .label(name.capitalize())
        .datasource(SOURCE)
        .query(f"label_values(sellerwatch_links_info, {name})")
        .refresh(models.VariableRefresh.ON_DASHBOARD_LOAD)
        .hide(models.VariableHide.HIDE_VARIABLE)
    )


def query(expr: str, legend: str = "", *, instant: bool = False, form: str = "") -> Target:
    """Return a target."""
    target = prometheus.Dataquery().expr(expr).datasource(SOURCE).legend_format(legend)
    if form:
        target = target.format(PromQueryFormat(form))
    return target.instant() if instant else target.range()


def finish(
    panel: Any, targets: Sequence[Any], *, title: str, text: str, unit: str, size: tuple[int, int]
) -> Panel:
    """Set the properties that every panel has."""
    panel = panel.title(title).description(text).unit(unit).datasource(SOURCE)
    panel = panel.span(size[0]).height(size[1])
    for number, target in enumerate(targets):
        panel = panel.with_target(target.ref_id(chr(ord("A") + number)))
    finished: Panel = panel
    return finished


def lines(title: str, text: str, unit: str, *targets: Any, width: int = HALF) -> Panel:
    """Return a panel of lines over time."""
    panel = timeseries.Panel().line_width(1.5).fill_opacity(8).min(0)
    panel = panel.legend(
        common.VizLegendOptions()
        .display_mode(common_models.LegendDisplayMode.LIST)
        .placement(common_models.LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    return finish(panel, targets, title=title, text=text, unit=unit, size=(width, MIDDLE))


def number(
    title: str,
    text: str,
    unit: str,
    expr: str,
    *steps: tuple[float | None, str],
    width: int = SIXTH,
) -> Panel:
    """Return a panel with one figure, coloured by steps of (from, colour)."""
    thresholds = dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE)
    thresholds = thresholds.steps(
        [
            models.Threshold(value=value, color=colour)
            for value, colour in steps or ((None, "blue"),)
        ]
    )
    panel = stat.Panel().thresholds(thresholds).graph_mode(common_models.BigValueGraphMode.NONE)
    panel = panel.color_mode(common_models.BigValueColorMode.BACKGROUND_SOLID).no_value("none")
    return finish(
        panel, [query(expr, instant=True)], title=title, text=text, unit=unit, size=(width, SMALL)
    )


def bars(title: str, text: str, unit: str, expr: str, legend: str, *, width: int = THIRD) -> Panel:
    """Return a panel of bars with the current value of each label set."""
    panel = (
        bargauge.Panel()
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .display_mode(common_models.BarGaugeDisplayMode.BASIC)
        .color_scheme(
            dashboard.FieldColor().mode(models.FieldColorModeId.FIXED).fixed_color("semi-dark-blue")
        )
        .min(0)
    )
    return finish(
        panel,
        [query(expr, legend, instant=True)],
        title=title,
        text=text,
        unit=unit,
        size=(width, TALL),
    )


def rows(
    title: str,
    text: str,
    *targets: Any,
    transformations: Sequence[tuple[str, dict[str, Any]]] = (),
    links: dict[str, tuple[str, str]] | None = None,
    unit: str = "short",
    width: int = WIDE,
) -> Panel:
    """Return a table; `links` maps a column to the (title, address) that a click opens."""
    panel = table.Panel().filterable(True)
    for name, options in transformations:
        panel = panel.with_transformation(
            models.DataTransformerConfig(id_val=name, options=options)
        )
    for column, (link, url) in (links or {}).items():
        value = [{"title": link, "url": url, "targetBlank": True}]
        panel = panel.override_by_name(
            column, [models.DynamicConfigValue(id_val="links", value=value)]
        )
    return finish(panel, targets, title=title, text=text, unit=unit, size=(width, TALL))


def heat(title: str, text: str, unit: str, expr: str, *, width: int = HALF) -> Panel:
    """Return a heatmap of a histogram over time."""
    panel = heatmap.Panel().calculate(False)
    return finish(
        panel,
        [query(expr, "{{le}}", form="heatmap")],
        title=title,
        text=text,
        unit=unit,
        size=(width, TALL),
    )
