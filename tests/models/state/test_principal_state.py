from models.observation.features import NEW_SUBJECTS
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import AcceptedIncident, PrincipalFacts
from models.state.snapshot import pack_state, unpack_state


def test_what_an_earlier_release_accepted_at_any_size_is_bound_to_a_small_one() -> None:
    facts = PrincipalFacts(cohort="application", first_seen=0.0, last_seen=0.0)
    facts.accepted = {"hour": 5.0}
    kept = unpack_state(pack_state(facts), PrincipalFacts)
    assert kept.accepted_incidents == [AcceptedIncident("", 300.0, {"hour": 5.0})]
    assert kept.accepted == {}
    assert unpack_state(pack_state(kept), PrincipalFacts) == kept


def test_a_principal_keeps_a_bounded_number_of_verdicts() -> None:
    facts = PrincipalFacts(cohort="application", first_seen=0.0, last_seen=0.0)
    for number in range(100):
        facts.accept(AcceptedIncident(f"i-{number}", 1.0, {}))
    assert [known.incident_id for known in facts.accepted_incidents][-1] == "i-99"
    assert len(facts.accepted_incidents) == 8


def test_new_subjects_of_the_last_hours_count_closed_and_open_ones_once() -> None:
    memory = DetectorMemory(prior_days=50.0, cohort_weight=2.0)
    state = memory.add(("A1", "user-1"), "user", first_seen=0.0)
    state.facts.new_by_hour = {94: 1000.0, 95: 1.0, 97: 2.0}
    for index, new in ((98, 4.0), (100, 8.0), (101, 16.0)):
        state.windows[index] = Window(index=index)
        state.windows[index].values[NEW_SUBJECTS] = new
    assert state.new_in_hours(state.windows[100]) == 1.0 + 2.0 + 4.0 + 8.0
    assert state.new_in_hours(Window(index=300)) == 0.0
