"""`sellerwatch evidence`: make and check the bundle of evidence of an incident."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Final

import typer

from models.errors import InputError
from streams.commands.audit_note import note_access
from streams.commands.feedback_sender import login_name
from streams.commands.options import ConfigOption, EmbeddedOption
from streams.commands.verdict import ByOption, IncidentArgument
from streams.evidence.bundle_check import CheckedBundle, check_bundle
from streams.evidence.evidence_key import CheckingKey, EvidenceKey
from streams.evidence.evidence_maker import EvidenceMaker
from streams.evidence.manifest import Making
from streams.kafka.audit_topic import AuditAction
from streams.kafka.clients import quiet_client_logs
from streams.kafka.find_incident import find_incident
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.settings.settings import load_settings
from streams.version import __version__
from streams.worker.checkpoints.model_state import ModelState

_UNSIGNED: Final = (
    "no key signs it: whoever changes it can change its digests, too; set evidence.key_file"
)
OutOption = Annotated[
    Path | None, typer.Option("--out", help="The bundle; default: evidence-INCIDENT.zip.")
]
SecondsOption = Annotated[
    float, typer.Option("--seconds", help="How long to read Kafka at most.", min=1.0)
]
BundleArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="Public key in PEM; default: that of evidence.key_file."),
]


def make(
    incident: IncidentArgument,
    *,
    out: OutOption = None,
    by: ByOption = None,
    seconds: SecondsOption = 900.0,
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Gather everything about an incident in one signed file.

    Example: `sellerwatch evidence make 0123456789abcdef --out evidence.zip`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    key = EvidenceKey.read(settings.evidence.key_file)
    maker = EvidenceMaker(settings, key, ModelState(settings).read)
    found = find_incident(settings, incident)
    path = out or Path(f"evidence-{_file_name(found.incident_id)}.zip")
    making = Making(
        at=datetime.now(UTC), by=by or login_name(), role=None, via="command",
        sellerwatch=__version__,
    )  # fmt: skip
    with _beside(path) as file:
        try:
            made = maker.make(found, making, file, seconds=seconds)
            # Nobody has a bundle that is not on record.
            note_access(
                settings, AuditAction.EVIDENCE, time=making.at, by=making.by,
                tenant=found.tenant, incident_id=found.incident_id, digest=made.digest,
                one_record_a_batch=embedded_broker,
            )  # fmt: skip
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    typer.echo(f"{path}: {made.events} events, manifest SHA-256 {made.digest}")
    for gap in made.manifest.gaps:
        typer.echo(f"incomplete: {gap}", err=True)
    if key is None:
        typer.echo(f"unsigned: {_UNSIGNED}", err=True)


def verify(bundle: BundleArgument, *, key: KeyOption = None, config: ConfigOption = None) -> None:
    """Check that a bundle is whole and signed; exit with 1 if nobody vouches for it.

    Example: `sellerwatch evidence verify evidence.zip --key evidence.pub`
    """
    checking = _checking_key(key, config)
    found = check_bundle(bundle, checking)
    _tell(found)
    if found.manifest.signed_by is None and found.is_signed is None:
        message = f"{bundle}: not signed: its digests agree, but whoever changed it changed both"
    elif checking is None:
        message = f"{bundle}: nobody's key was asked for: name the maker's public key with --key"
    elif not found.is_signed:
        message = f"{bundle}: NOT signed with this key: it was changed, or somebody else made it"
    else:
        typer.echo(f"signed with the key {checking.fingerprint}: nothing was changed since")
        return
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _checking_key(path: Path | None, config: Path | None) -> CheckingKey | None:
    if path is not None:
        return CheckingKey.read(path)
    own = EvidenceKey.read(load_settings(config).evidence.key_file)
    return None if own is None else own.checking


def _tell(found: CheckedBundle) -> None:
    manifest, made = found.manifest, found.manifest.made
    typer.echo(
        f"incident {sanitize(manifest.incident_id, 80)} of {sanitize_name(manifest.principal)}: "
        f"{sum(source.found for source in manifest.sources[:1])} events, "
        f"{len(manifest.files)} files"
    )
    typer.echo(
        f"made {made.at:%Y-%m-%dT%H:%M:%SZ} by {sanitize(made.by, 64)} "
        f"({sanitize(made.via, 20)}), manifest SHA-256 {found.digest}"
    )
    for gap in manifest.gaps:
        typer.echo(f"incomplete: {sanitize(gap, 200)}")


def _beside(path: Path) -> IO[bytes]:
    """Open a file that becomes the bundle when it is whole, for its owner only."""
    try:
        return tempfile.NamedTemporaryFile(dir=path.parent, prefix=".evidence-", delete=False)
    except OSError as error:
        message = f"{path}: {error.strerror}: name a file that can be written"
        raise InputError(message) from error


def _file_name(incident_id: str) -> str:
    return "".join(one for one in incident_id[:64] if one.isalnum() and one.isascii()) or "bundle"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Make and check bundles of evidence.", no_args_is_help=True)
    group.command("make")(make)
    group.command("verify")(verify)
    app.add_typer(group, name="evidence")
