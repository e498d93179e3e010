import ipaddress
import json
import re
from collections import Counter, defaultdict
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.access_event import Outcome
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import ATTACKS, CONFOUNDERS, Simulation, SimulationSettings

pytestmark = pytest.mark.xdist_group("a simulated account")
SMALL = {"days": 9, "principals": 14, "traffic_scale": 0.4, "buyers": 2000}
RESERVED = [
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
API_FIELDS = {
    "time": str,
    "request_id": str,
    "seller_id": str,
    "marketplace_id": str,
    "application_id": str,
    "user_id": (str, type(None)),
    "credential_id": str,
    "grant": str,
    "method": str,
    "path": str,
    "query": dict,
    "status": int,
    "response_bytes": int,
    "source_ip": str,
    "user_agent": str,
}


def event_id(record):
    return record.get("request_id") or record["eventID"]


def logged_time(record):
    return datetime.fromisoformat(record.get("time") or record["eventTime"]).timestamp()


@pytest.fixture(scope="module")
def simulation():
    return Simulation(SimulationSettings(**SMALL))


@pytest.fixture(scope="module")
def records(simulation):
    return list(simulation.records())


def test_the_same_settings_give_the_same_records(simulation, records):
    again = Simulation(SimulationSettings(**SMALL))
    assert list(again.records()) == records
    assert list(simulation.records()) == records
    assert again.truth == simulation.truth


def test_another_seed_gives_other_records(records):
    other = list(Simulation(SimulationSettings(**SMALL, seed=8)).records())
    assert {event_id(one.record) for one in other}.isdisjoint(
        event_id(one.record) for one in records
    )


def test_attacks_leave_the_benign_traffic_alone(records):
    quiet = Simulation(SimulationSettings(**SMALL, attacks="none"))
    assert quiet.truth == ()
    assert list(quiet.records()) == [one for one in records if one.attack is None]


def test_one_attack_is_the_same_alone_and_among_others(simulation):
    alone = Simulation(SimulationSettings(**SMALL, attacks=("enumeration",)))
    assert alone.truth == tuple(one for one in simulation.truth if one.kind == "enumeration")


def test_principals_do_not_depend_on_the_size_of_the_fleet(simulation):
    larger = Simulation(SimulationSettings(**{**SMALL, "principals": 30}, confounders="none"))
    plain = Simulation(SimulationSettings(**SMALL, confounders="none"))
    assert larger.principals[:14] == plain.principals


def test_records_come_in_order_but_for_the_late_ones(records):
    newest, late = 0.0, 0
    for one in records:
        assert newest - one.time <= 20.0
        late += one.time < newest
        newest = max(newest, one.time)
    assert 0 < late < 0.1 * len(records)


def test_without_disorder_event_time_never_runs_backwards():
    strict = Simulation(SimulationSettings(**SMALL, disorder_seconds=0.0))
    times = [one.time for one in strict.records()]
    assert times == sorted(times)


def test_the_time_in_the_record_is_its_time(records):
    for one in records[::50]:
        text = one.record.get("time") or one.record["eventTime"]
        slack = 0.002 if one.source == "seller-api" else 1.0
        assert abs(datetime.fromisoformat(text).timestamp() - one.time) <= slack


def test_seller_api_records_have_the_fields_of_the_contract(records):
    rows_absent = 0
    for one in records:
        if one.source != "seller-api":
            continue
        record = one.record
        for name, kind in API_FIELDS.items():
            assert isinstance(record[name], kind), name
        extra = set(record) - set(API_FIELDS)
        assert extra <= {"records", "record_ids", "report_type"}
        assert "{" not in record["path"]
        assert record["grant"] in ("lwa", "secret_key", "session")
        assert len(record.get("record_ids", ())) <= 20
        assert record.get("records", 0) >= 0
        rows_absent += record["status"] == 200 and "records" not in record
    assert rows_absent > 0


def test_cloudtrail_records_have_cloudtrails_shape(records):
    names = set()
    for one in records:
        if one.source != "cloudtrail":
            continue
        record = one.record
        assert record["eventType"] == "AwsApiCall"
        assert record["userIdentity"]["type"] in ("AssumedRole", "AWSService")
        assert record["eventSource"].endswith(".amazonaws.com")
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", record["eventID"])
        names.add(record["eventName"])
    assert {"GetObject", "ListObjects", "GetItem", "Query", "Scan", "GetSecretValue"} <= names
    assert "ExecuteStatement" in names


def test_faults_of_real_logs_are_there_and_rare(records):
    statuses = Counter(one.record.get("status") for one in records if one.attack is None)
    assert 0 < statuses[429] < 0.02 * len(records)
    ids = Counter(event_id(one.record) for one in records)
    twice = sum(count > 1 for count in ids.values())
    assert 0 < twice < 0.01 * len(records)


def test_there_is_no_real_address_or_person(records):
    for one in records:
        address = one.record.get("source_ip") or one.record["sourceIPAddress"]
        if not address.endswith(".amazonaws.com"):
            assert any(ipaddress.ip_address(address) in network for network in RESERVED)
        for name in one.record.get("record_ids", ()):
            assert re.fullmatch(r"(byr|sup|txn|sku)-[0-9a-f]{16}", name)
    assert "@" not in json.dumps([one.record for one in records[:2000]])


def test_truth_agrees_with_the_records(simulation, records):
    found = defaultdict(set)
    for one in records:
        if one.attack is not None:
            found[one.attack].add((logged_time(one.record), event_id(one.record)))
    assert {one.kind for one in simulation.truth} == set(ATTACKS)
    for attack in simulation.truth:
        assert found[attack.attack_id] == set(zip(attack.times, attack.event_ids, strict=True))
        assert attack.start == attack.times[0] == min(attack.times)
        assert attack.end == attack.times[-1]
        assert attack.rows_total > 0
        assert attack.data_classes
        assert attack.start >= simulation.settings.start_seconds + 7 * 86_400


def test_rows_of_the_truth_are_those_that_logs_say(simulation, records):
    rows = {
        name: count
        for attack in simulation.truth
        for name, count in zip(attack.event_ids, attack.rows, strict=True)
    }
    said = [
        one.record
        for one in records
        if one.attack is not None and one.record.get("records") and "record_ids" in one.record
    ]
    assert said
    assert all(rows[one["request_id"]] == one["records"] for one in said)


def test_only_attacks_read_canaries(simulation, records):
    planted = set(simulation.canaries)
    readers = {
        one.attack for one in records if planted.intersection(one.record.get("record_ids", ()))
    }
    assert readers == {"canary-0"}


def test_benign_reads_stay_within_the_declared_purpose(simulation, records):
    profiles = simulation.profiles()
    for one in records:
        if one.attack is not None or one.source != "seller-api":
            continue
        principal = one.record["user_id"] or one.record["application_id"]
        allowed = profiles[principal].allowed_data_classes
        if one.record["path"].startswith("/vendor/"):
            assert "supplier" in allowed
        if one.record["path"].startswith("/orders/"):
            assert "customer" in allowed


def test_the_processors_attacks_are_outside_its_purpose(simulation):
    profiles = simulation.profiles()
    for attack in simulation.truth:
        if attack.kind in ("processor_suppliers", "processor_buyers"):
            allowed = profiles[attack.principal].allowed_data_classes
            assert not set(attack.data_classes) <= set(allowed)


def test_a_stolen_key_comes_from_a_network_that_nobody_declared(simulation, records):
    profiles = simulation.profiles()
    for attack in simulation.truth:
        if attack.kind not in ("leaked_key", "key_sharing"):
            continue
        networks = [
            ipaddress.ip_network(text) for text in profiles[attack.principal].expected_networks
        ]
        for one in records:
            if one.attack == attack.attack_id:
                address = ipaddress.ip_address(one.record["source_ip"])
                assert not any(address in network for network in networks)
                assert one.record["credential_id"] == attack.credential_id


def test_every_confounder_happens():
    simulation = Simulation(SimulationSettings(principals=40, attacks="none"))
    assert {one.kind for one in simulation.confounders} == set(CONFOUNDERS)


def test_a_promotion_brings_four_times_the_orders_to_those_who_read_them():
    busy, quiet = (
        Simulation(
            SimulationSettings(principals=12, days=4, attacks="none", confounders=confounders)
        )
        for confounders in (("promotion",), "none")
    )
    (promotion,) = busy.confounders

    def reads(simulation, *, is_driven):
        return sum(
            promotion.start <= one.time < promotion.end
            and (
                (one.record.get("user_id") or one.record.get("application_id"))
                in promotion.principals
            )
            is is_driven
            for one in simulation.records()
            if one.source == "seller-api"
        )

    assert 2.5 < reads(busy, is_driven=True) / reads(quiet, is_driven=True) < 6.0
    assert reads(busy, is_driven=False) == reads(quiet, is_driven=False)


def test_people_work_in_office_hours_on_weekdays():
    simulation = Simulation(
        SimulationSettings(principals=40, days=7, attacks="none", confounders="none")
    )
    weekend = week = 0
    for one in simulation.records():
        if one.record.get("user_id"):
            day = int((one.time - simulation.settings.start_seconds) // 86_400)
            weekend, week = weekend + (day >= 5), week + (day < 5)
    assert week > 100
    assert weekend < 0.1 * week


def test_a_default_fortnight_is_of_the_promised_size():
    day = Simulation(SimulationSettings(days=3, attacks="none", confounders="none"))
    per_day = sum(1 for _ in day.records()) / 3
    assert 8_000 < per_day < 22_000


def test_the_truth_document_is_json(simulation):
    document = json.loads(json.dumps(simulation.truth_document()))
    assert len(document["attacks"]) == len(ATTACKS)
    assert document["attacks"][0]["events"][0].keys() == {"event_id", "time", "rows"}
    assert len(document["principals"]) == 14


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(),
    days=st.integers(2, 4),
    warm_up_days=st.integers(0, 1),
    principals=st.integers(12, 45),
    tenants=st.integers(1, 3),
    attacks_per_kind=st.integers(1, 3),
    traffic_scale=st.floats(0.01, 0.3),
)
def test_any_valid_settings_give_records_and_truth_that_agree(**drawn):
    simulation = Simulation(SimulationSettings(buyers=200, **drawn))
    members = {name for one in simulation.truth for name in one.event_ids}
    begin = simulation.settings.start_seconds
    end = begin + drawn["days"] * 86_400
    seen = set()
    for one in simulation.records():
        assert begin <= one.time < end
        if one.attack is not None:
            seen.add(event_id(one.record))
    assert seen == members
    assert len(simulation.truth) == len(ATTACKS) * drawn["attacks_per_kind"]
    assert all(one.times == tuple(sorted(one.times)) for one in simulation.truth)


def test_half_of_the_enumerations_walk_through_numbers_that_exist():
    settings = SimulationSettings(
        days=9, principals=14, traffic_scale=0.05, buyers=200, attacks=("enumeration",),
        attacks_per_kind=8, confounders="none",
    )  # fmt: skip
    parser = make_parser(Settings(), "auto", bytes(32))
    walks, found = defaultdict(int), Counter()
    for record in Simulation(settings).records():
        if record.attack is not None:
            (event,) = parser.parse(record.record, source="simulation", position="")
            walks[record.attack] += event.sequential_ids
            found[record.attack] += event.outcome is Outcome.SUCCESS
    assert len(walks) == 8
    assert min(walks.values()) > 200
    exist = [count for name, count in found.items() if count > 0.8 * walks[name]]
    assert 2 <= len(exist) <= 6
