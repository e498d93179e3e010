"""Writes the JSON of the dashboards: `python -m dashboards.build`."""

from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.pipeline import pipeline
from dashboards.principal import principal
from dashboards.quality import quality
from dashboards.soc_wall import soc_wall

FOLDER: Final = Path(__file__).parent / "json"


def render() -> dict[str, str]:
    """Return the name and text of each file."""
    boards = {
        "soc_wall": soc_wall(),
        "principal": principal(),
        "pipeline": pipeline(),
        "quality": quality(),
    }
    encoder = JSONEncoder(sort_keys=True, indent=2)
    return {f"{name}.json": encoder.encode(board.build()) + "\n" for name, board in boards.items()}


def write() -> None:
    """Write all files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in render().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
