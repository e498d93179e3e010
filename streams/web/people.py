"""Who the people behind principals are, for those who may know."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.presentation.untrusted_text import sanitize
from streams.settings.secrets import redaction_key
from streams.settings.settings import Settings
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import read_yaml

_MOST: Final = 100_000
_KEY_CHARACTERS: Final = 512
# What redaction puts in the place of a mail address or a number.
_STAND_IN: Final = re.compile(r"\b(?:mail|id|number|phone|text)-[0-9a-f]{16}(?![0-9a-f])", re.ASCII)
_Words = Annotated[str, Field(min_length=1, max_length=60)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Words
    team: _Words | None = None

    @property
    def label(self) -> str:
        return sanitize(self.name if self.team is None else f"{self.name}, {self.team}", 130)


class People:
    """Names of people by what stands for them in events; it holds no address and no key.

    Parameters
    ----------
    labels
        Principal, or what stands for it, -> name and team.

    Examples
    --------
    >>> people = People({"mail-e7ce3fa044fde6be": "Jane, finance"})
    >>> people.named("mail-e7ce3fa044fde6be read 3 records.")
    'Jane, finance read 3 records.'
    >>> people.name_of("app-1")
    ''
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = dict(labels)

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Read the file that the settings name, and hash its keys as the sources do.

        Raises
        ------
        SettingsError
            If the file is wrong, or there are people but no redaction key. No error tells what
            the file says of a person.
        """
        path = settings.people_file or config_directory() / "people.yaml"
        entries = _entries(path)
        if not entries:
            return cls({})
        key = redaction_key(settings.sources)
        if key is None:
            message = f"{path}: set sources.redaction_key_file to the key of the sources"
            raise SettingsError(message)
        hasher = SubjectHasher(key)
        return cls({hasher.clean(name): entry.label for name, entry in entries.items()})

    def name_of(self, principal: str) -> str:
        """Return who a principal is; empty if nobody has said."""
        found = self._labels.get(principal)
        if found is not None:
            return found
        stand_in = _STAND_IN.search(principal)
        return "" if stand_in is None else self._labels.get(stand_in[0], "")

    def named(self, text: str) -> str:
        """Return a text with names where hashes of the people stand."""
        if not self._labels:
            return text
        return _STAND_IN.sub(lambda found: self._labels.get(found[0], found[0]), text)


def _entries(path: Path) -> dict[str, _Entry]:
    values = read_yaml(path)
    people = values.get("people") or {}
    if set(values) - {"people"} or not isinstance(people, dict):
        message = f"{path}: expected 'people:' and under it 'KEY: {{name: NAME, team: TEAM}}'"
        raise SettingsError(message)
    if len(people) > _MOST:
        message = f"{path}: more than {_MOST:,} people: remove those who have left"
        raise SettingsError(message)
    return {
        _key(path, n, key): _entry(path, n, value)
        for n, (key, value) in enumerate(people.items(), 1)
    }


def _key(path: Path, number: int, key: object) -> str:
    if isinstance(key, str) and 0 < len(key) <= _KEY_CHARACTERS:
        return key
    message = f"{path}: the key of person {number} is no text of a log: put it in quotes"
    raise SettingsError(message)


def _entry(path: Path, number: int, value: object) -> _Entry:
    try:
        return _Entry.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part in ("name", "team"))
        message = (
            f"{path}: person {number}: {place or 'entry'}: {first['msg']}: write {{name: NAME}}"
        )
        raise SettingsError(message) from None
