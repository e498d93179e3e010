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
