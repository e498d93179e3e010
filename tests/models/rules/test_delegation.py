"""Access given to somebody new pages once; what is known, refused or early does not."""

from dataclasses import dataclass, field

import msgspec
import pytest
from simulated_week import DAY, START, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from models.incidents.incident import IncidentKind
from models.rules.delegation import new_delegate
from models.state.fleet_state import FleetState
from models.state.snapshot import pack_state, unpack_any
from models.tuning.state import FLEET_STATE_DELEGATES_KEPT
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser

OWN, OTHER = "111122223333", "444455556666"
PARSER = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
ADMIN = {
    "type": "IAMUser", "arn": f"arn:aws:iam::{OWN}:user/admin", "accountId": OWN,
    "accessKeyId": "AKIAEXAMPLE", "userName": "admin",
}  # fmt: skip
ROLE = {"roleArn": f"arn:aws:iam::{OWN}:role/partner", "externalId": "x"}


def given(seconds: float, delegate: str | None = OTHER, **fields) -> AccessEvent:
    values = {"service": "s3", "operation": "PutBucketPolicy", "data_classes": (DataClass.NONE,)}
    return event(seconds, None, delegate=delegate, **(values | fields))


def trained(days: float = 4) -> Detector:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(days, principals=4))
    return detector


def told(incidents) -> dict[str, object]:
    return {i.incident_id: i for i in incidents if IncidentKind.DELEGATION in i.kinds}


@dataclass(frozen=True)
class Path:
    """A call that gives access, and its twin that gives it to nobody else."""

    name: str
    parameters: dict
    twin: dict
    identity: dict = field(default_factory=dict)
    twin_identity: dict = field(default_factory=dict)
    service: str = "s3"

    def event(self, day: float, *, is_twin: bool = False, **more) -> AccessEvent:
        record = {
            "eventTime": START + day * DAY, "eventID": f"e-{day}", "recipientAccountId": OWN,
            "eventSource": f"{self.service}.amazonaws.com", "eventName": self.name,
            "requestParameters": self.twin if is_twin else self.parameters,
            "userIdentity": ADMIN | (self.twin_identity if is_twin else self.identity),
        }  # fmt: skip
        (parsed,) = PARSER.parse(msgspec.json.encode(record | more), source="l", position="1")
        assert isinstance(parsed, AccessEvent)
        return parsed


def policy(account: str) -> dict:
    party = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Statement": [{"Effect": "Allow", "Principal": party, "Action": "*"}]}


def shared(account: str) -> dict:
    return {"add": {"items": [{"userId": account}]}}


OUTSIDER = {"type": "AWSAccount", "arn": None, "accountId": OTHER, "userName": None}
PATHS = [
    Path("AssumeRole", ROLE, ROLE, OUTSIDER, service="sts"),
    Path("PutBucketPolicy", {"bucketPolicy": policy(OTHER)}, {"bucketPolicy": policy(OWN)}),
    Path("PutBucketAcl", {"x-amz-acl": "public-read"}, {"x-amz-acl": "private"}),
    Path(
        "ModifySnapshotAttribute",
        {"createVolumePermission": shared(OTHER)},
        {"createVolumePermission": shared(OWN)},
        service="ec2",
    ),
    Path(
        "ModifyDBSnapshotAttribute",
        {"valuesToAdd": [OTHER]},
        {"valuesToRemove": [OTHER]},
        service="rds",
    ),
    Path(
        "CreateGrant",
        {"granteePrincipal": f"arn:aws:iam::{OTHER}:root"},
        {"granteePrincipal": f"arn:aws:iam::{OWN}:role/etl"},
        service="kms",
    ),
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_each_way_to_give_access_pages_once_and_its_harmless_twin_does_not(path: Path) -> None:
    detector = trained()
    assert not told(detector.process(path.event(4, is_twin=True)))
    assert not told(detector.process(path.event(4.001, errorCode="AccessDenied")))
    (incident,) = pages(detector.process(path.event(4.002))).values()
    assert incident.page_kind is IncidentKind.DELEGATION
    assert incident.reasons[0].feature == "delegate"
    detector.finish()
    assert not told(detector.process(path.event(9)))


def test_a_key_that_the_principal_makes_itself_is_a_page() -> None:
    detector = trained()
    made = Path("CreateAccessKey", {}, {}, service="iam")
    (incident,) = pages(detector.process(made.event(4))).values()
    assert incident.reasons[0].observed == "user/admin"


def test_a_token_for_a_new_application_is_a_page() -> None:
    detector = trained()
    token = {"service": "tokens", "operation": "createRestrictedDataToken"}
    detector.process(given(DAY, "app-2", **token))
    assert not told(detector.process(given(4 * DAY, "app-2", **token)))
    assert not told(detector.process(given(4 * DAY + 1, None, **token)))
    (incident,) = pages(detector.process(given(4 * DAY + 2, "app-9", **token))).values()
    assert "app-9" in incident.reasons[0].text


def test_the_first_days_teach_and_page_nobody() -> None:
    detector = trained(1)
    assert not told(detector.process(given(DAY)))
    detector.process_batch(fleet(4, principals=4))
    assert not told(detector.process(given(4 * DAY, principal="app-2")))
    assert pages(detector.process(given(4 * DAY, "777788889999", principal="app-2")))


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.ERROR, Outcome.THROTTLED])
def test_a_refused_call_pages_nobody_and_teaches_nothing(outcome: Outcome) -> None:
    detector = trained()
    assert not told(detector.process(given(4 * DAY, outcome=outcome)))
    assert pages(detector.process(given(4 * DAY + 1)))


def test_who_is_new_is_found_among_those_who_are_known() -> None:
    detector = trained()
    detector.process(given(DAY))
    (incident,) = pages(detector.process(given(4 * DAY, f"{OTHER},777788889999"))).values()
    assert incident.reasons[0].observed == "777788889999"


def test_what_one_tenant_knows_is_new_to_another() -> None:
    detector = trained()
    detector.process(given(DAY))
    assert pages(detector.process(given(4 * DAY, tenant="A2")))


def test_a_late_call_pages_too() -> None:
    assert pages(trained(5).process(given(4 * DAY)))


def test_a_restored_detector_knows_whom_the_first_one_knew() -> None:
    first, second = trained(), Detector(DetectorSettings(), {})
    first.process(given(DAY))
    second.restore(first.take_changes())
    assert not told(second.process(given(4 * DAY)))
    assert pages(second.process(given(4 * DAY + 1, "*")))


def test_a_snapshot_of_an_earlier_release_begins_to_learn_now() -> None:
    first, second = trained(), Detector(DetectorSettings(), {})
    changes = first.take_changes()
    fields = FleetState.__struct_fields__
    older = unpack_any(changes[b"fleet"], list)[: fields.index("delegates_since")]
    second.restore(changes | {b"fleet": pack_state(older)})
    assert not told(second.process(given(4 * DAY)))
    second.process_batch([event(7.5 * DAY + step, 20, f"app-{step % 4}") for step in range(8)])
    assert pages(second.process(given(7.5 * DAY + 9, "*")))


def test_only_the_most_recent_are_remembered() -> None:
    fleet_state = FleetState(started=START, delegates_since=START)
    for number in range(FLEET_STATE_DELEGATES_KEPT + 1):
        assert new_delegate(given(0, f"{number:012d}"), fleet_state) is None
    assert len(fleet_state.delegates) == FLEET_STATE_DELEGATES_KEPT
    assert new_delegate(given(4 * DAY, f"{5:012d}"), fleet_state) is None
    assert new_delegate(given(4 * DAY, f"{0:012d}"), fleet_state) is not None
