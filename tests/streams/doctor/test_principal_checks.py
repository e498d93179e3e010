import yaml
from survey_events import event

from models.detector_settings import PrincipalProfile
from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from streams.doctor.check import Check, State
from streams.doctor.log_survey import LogSurvey
from streams.doctor.principal_checks import check_principals


def judged(*events: AccessEvent, declared: tuple[str, ...] = ()) -> list[Check]:
    survey = LogSurvey()
    for one in events:
        survey.add(one)
    profiles = {name: PrincipalProfile(kind="erp") for name in declared}
    return list(check_principals(survey, profiles))


def test_the_lines_for_undeclared_readers_are_yaml_that_the_detector_takes() -> None:
    first = [event(principal='odd "name": {x}'), event(principal="app-2")]
    checks = judged(*first, event(principal="app-2", data_classes=(DataClass.PAYMENT,)))
    undeclared = checks[0]
    assert undeclared.told.startswith("2 readers of sensitive data are undeclared")
    entries = yaml.safe_load("\n".join(undeclared.cures))
    assert list(entries) == ["app-2", 'odd "name": {x}']
    profile = PrincipalProfile(**entries["app-2"])
    assert profile.allowed_data_classes == {DataClass.CUSTOMER, DataClass.PAYMENT}


def test_a_declared_reader_and_a_reader_of_harmless_data_need_no_line() -> None:
    checks = judged(
        event(), event(principal="app-2", data_classes=(DataClass.CATALOG,)), declared=("app-1",)
    )
    assert checks[0] == Check("principals", State.OK, "every reader of sensitive data is declared")
    assert {check.state for check in checks} == {State.OK}


def test_a_declared_principal_that_reads_nothing_may_be_misspelt() -> None:
    told = [check.told for check in judged(event(), declared=("app-1", "app-9"))]
    assert "1 declared principals read nothing: app-9" in told


def test_raw_and_old_keys_name_their_owners() -> None:
    many = [
        event(principal=f"app-{n}", grant="secret_key", credential_age_days=200 + n)
        for n in range(7)
    ]
    raw, old = judged(*many)[-2:]
    assert raw.told.startswith("7 raw secret keys read sensitive data, of app-0, app-1")
    assert "and 2 more" in raw.told
    assert "7 secrets are older than 180 days (the oldest 206)" in old.told
    assert raw.cures
    assert old.cures


def test_without_events_nothing_is_said() -> None:
    assert judged() == []
