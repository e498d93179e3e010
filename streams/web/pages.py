"""Renders the pages as HTML."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jinja2

from models.domain.data_class import DataClass
from models.incidents.incident import IncidentStatus, Severity
from streams.presentation import untrusted_text, wording

# Technique names of MITRE ATT&CK, https://attack.mitre.org/techniques/.
_TECHNIQUES = {
    "T1030": "Data Transfer Size Limits",
    "T1078.004": "Valid Accounts: Cloud Accounts",
    "T1110": "Brute Force",
    "T1119": "Automated Collection",
    "T1213": "Data from Information Repositories",
    "T1528": "Steal Application Access Token",
    "T1530": "Data from Cloud Storage",
    "T1619": "Cloud Storage Object Discovery",
}


class Pages:
    """Renders the templates and escapes every value.

    Examples
    --------
    >>> page = Pages().render("message.html", title="<b>", text="", person="", has_login=False)
    >>> "<b>" in page, "&lt;b&gt;" in page
    (False, True)
    """

    def __init__(self) -> None:
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("streams.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for helper in (
            untrusted_text.sanitize,
            untrusted_text.sanitize_name,
            wording.short_principal,
            wording.count,
            wording.size,
            wording.format_time,
            wording.duration,
            wording.humanize,
            wording.chance,
        ):
            environment.filters[helper.__name__] = helper
        environment.filters["segment"] = _segment
        environment.filters["query"] = _query
        environment.globals.update(
            severities=tuple(Severity),
            statuses=tuple(IncidentStatus),
            data_classes=tuple(name for name in DataClass if name is not DataClass.NONE),
            techniques=_TECHNIQUES,
            nothing_left=timedelta(0),
            # A page that knows who may see names gives others.
            named=str,
            name_of=_nobody,
        )
        self._environment = environment

    def render(self, template: str, **values: Any) -> str:
        """Return the HTML of a page."""
        return self._environment.get_template(template).render(**values)


def _nobody(_: str) -> str:
    return ""


def _segment(text: object) -> str:
    """Return a text as one segment of a URL path."""
    return quote(str(text), safe="")


def _query(text: str) -> str:
    """Return a stranger's text as a value of a query; half a character becomes a question mark."""
    return quote(text.encode("utf-8", "replace"), safe="")
