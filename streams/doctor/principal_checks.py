"""Judges principals: who is undeclared, and whose keys are raw or old."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from models.detector_settings import PrincipalProfile
from models.tuning.rules import OLD_CREDENTIAL_DAYS
from streams.doctor.check import Check, State
from streams.doctor.log_survey import LogSurvey, PrincipalSurvey
from streams.presentation.untrusted_text import sanitize_name

_AREA: Final = "principals"
_NAMED: Final = 5
_NAME_CHARACTERS: Final = 120


def check_principals(
    survey: LogSurvey, profiles: Mapping[str, PrincipalProfile]
) -> Iterator[Check]:
    """Judge the principals of the logs by what the user declared."""
    if not survey.events:
        return
    yield _undeclared(survey, profiles)
    unused = sorted(set(profiles) - set(survey.principals))
    if unused and not survey.unlisted:
        told = f"{len(unused)} declared principals read nothing: {_listed(unused)}"
        cure = "compare the names in your principals file with those in the log"
        yield Check(_AREA, State.ADVICE, told, (cure,))
    yield _raw(survey)
    yield _old(survey)


def _undeclared(survey: LogSurvey, profiles: Mapping[str, PrincipalProfile]) -> Check:
    readers = {
        name: found
        for name, found in survey.principals.items()
        if name not in profiles and _sensitive(found)
    }
    if not readers:
        return Check(_AREA, State.OK, "every reader of sensitive data is declared")
    ranked = sorted(readers, key=lambda name: (-sum(_sensitive(readers[name]).values()), name))
    told = (
        f"{len(readers)} readers of sensitive data are undeclared, so no read of theirs is "
        "outside their purpose"
    )
    lines = tuple(_entry(name, readers[name]) for name in ranked[:_NAMED])
    return Check(
        _AREA,
        State.ADVICE,
        told,
        ("# in your principals file, under principals: cut what it has no business with", *lines),
    )


def _sensitive(found: PrincipalSurvey) -> dict[str, int]:
    return {one.value: count for one, count in found.classes.items() if one.is_sensitive}


def _entry(name: str, found: PrincipalSurvey) -> str:
    classes = ", ".join(sorted(one.value for one in found.classes))
    key = msgspec.json.encode(sanitize_name(name, _NAME_CHARACTERS)).decode()
    return f"{key}: {{kind: CHOOSE, allowed_data_classes: [{classes}]}}"


def _raw(survey: LogSurvey) -> Check:
    if not survey.raw_keys:
        return Check("keys", State.OK, "no sensitive read by a raw secret key")
    names = sorted({principal for principal, _ in survey.raw_keys})
    told = (
        f"{len(survey.raw_keys)} raw secret keys read sensitive data, of {_listed(names)}: "
        "whoever has a copy reads under the same name"
    )
    cure = "give a delegated grant (Login with Amazon) or a role instead, then delete the key"
    return Check("keys", State.ADVICE, told, (cure, "docs/runbooks/responding.md#rotate-the-key"))


def _old(survey: LogSurvey) -> Check:
    limit = OLD_CREDENTIAL_DAYS
    if not survey.old_keys:
        return Check("keys", State.OK, f"no secret is known to be older than {limit} days")
    names = sorted({principal for principal, _ in survey.old_keys})
    oldest = max(survey.old_keys.values())
    told = (
        f"{len(survey.old_keys)} secrets are older than {limit} days (the oldest {oldest:,}), "
        f"of {_listed(names)}"
    )
    return Check("keys", State.ADVICE, told, ("docs/runbooks/responding.md#rotate-the-key",))


def _listed(names: list[str]) -> str:
    shown = ", ".join(sanitize_name(name, _NAME_CHARACTERS) for name in names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
