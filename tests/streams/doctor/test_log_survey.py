from survey_events import event

from models.domain.access_event import Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.seller_notice import NOTICE_PRINCIPAL, NOTICE_SERVICE
from streams.doctor.log_survey import LogSurvey


def test_the_marketplace_and_the_account_are_told_apart() -> None:
    survey = LogSurvey()
    survey.add(event())
    survey.add(event(tenant="111122223333", service="iam", operation="ListUsers"))
    survey.add(event(tenant="111122223333", service="s3", operation="GetObject", time=9.0))
    assert (survey.marketplace_events, survey.account_events, survey.data_events) == (1, 2, 1)
    assert (survey.oldest_seconds, survey.newest_seconds) == (9.0, 1_000.0)


def test_what_the_marketplace_announces_is_nobodys_read() -> None:
    survey = LogSurvey()
    kind = PrincipalKind.SERVICE
    survey.add(event(service=NOTICE_SERVICE, principal=NOTICE_PRINCIPAL, principal_kind=kind))
    assert (survey.events, survey.principals) == (0, {})


def test_a_refused_call_shows_no_class_and_no_key() -> None:
    survey = LogSurvey()
    survey.add(event(outcome=Outcome.DENIED, grant="secret_key", credential_age_days=400))
    assert survey.events == 1
    assert (survey.principals, survey.raw_keys, survey.old_keys) == ({}, {}, {})
    assert survey.classes[DataClass.CUSTOMER] == 0


def test_raw_and_old_keys_are_noted_once() -> None:
    survey = LogSurvey()
    for age in (181, 190):
        survey.add(event(grant="secret_key", credential_age_days=age))
    survey.add(event(grant="session", credential_age_days=900))
    survey.add(event(grant="secret_key", data_classes=(DataClass.CATALOG,), credential_id="k2"))
    assert survey.raw_keys == {("app-1", "key-1"): 2}
    assert survey.old_keys == {("app-1", "key-1"): 190}


def test_memory_is_bounded_and_what_is_left_out_is_counted() -> None:
    survey = LogSurvey()
    for number in range(10_050):
        name = f"app-{number}"
        survey.add(event(principal=name, grant="secret_key", credential_age_days=300))
    assert survey.unlisted == 50
    assert {len(survey.principals), len(survey.raw_keys), len(survey.old_keys)} == {10_000}
