from models.detector_settings import DetectorSettings
from streams.doctor.check import State
from streams.doctor.settings_checks import check_settings
from streams.settings.settings import Settings


def test_nothing_set_is_a_fault_with_the_commands_that_mend_it() -> None:
    checks = list(check_settings(Settings(), DetectorSettings(), ()))
    assert [check.state for check in checks] == [State.BROKEN, *[State.ADVICE] * 3]
    assert checks[0].cures[0] == "openssl rand -hex 32 > redaction.key"
    assert all(check.cures for check in checks)


def test_everything_set_needs_nothing() -> None:
    settings = Settings(sources={"redaction_key": "ab" * 32}, checkpoints={"key": "cd" * 32})
    tuning = DetectorSettings(canary_ids=("order-1",))
    checks = list(check_settings(settings, tuning, ("app-1",)))
    assert {check.state for check in checks} == {State.OK}
    assert "1 principals are declared" in checks[-1].told
