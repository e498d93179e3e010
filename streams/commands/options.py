"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="Settings file; default: the one named by SELLERWATCH_CONFIG, if any.",
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        help="Format of the input: auto, seller-api, cloudtrail, ocsf, envoy, nginx, "
        "api_gateway or a table of your own.",
    ),
]
PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Files or folders; - is standard input.")
]
EmbeddedOption = Annotated[
    bool,
    typer.Option("--embedded-broker", hidden=True, help="The broker is the embedded one."),
]
