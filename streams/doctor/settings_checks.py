"""Judges the settings: keys, declarations, planted ids."""

from collections.abc import Collection, Iterator
from typing import Final

from models.detector_settings import DetectorSettings
from streams.doctor.check import Check, State
from streams.settings.secrets import checkpoint_keys, redaction_key
from streams.settings.settings import Settings

_AREA: Final = "settings"


def check_settings(
    settings: Settings, tuning: DetectorSettings, declared: Collection[str]
) -> Iterator[Check]:
    """Judge the settings, which have been read and are valid."""
    if redaction_key(settings.sources) is None:
        told = "no redaction key: 'sellerwatch ingest' does not start"
        cures = (
            "openssl rand -hex 32 > redaction.key",
            "export SELLERWATCH_SOURCES__REDACTION_KEY_FILE=redaction.key",
        )
        yield Check(_AREA, State.BROKEN, told, cures)
    else:
        yield Check(_AREA, State.OK, "a redaction key is set")
    if not checkpoint_keys(settings.checkpoints):
        told = "no checkpoint key: whoever may write to the checkpoints' topic can rewrite habits"
        cures = (
            "openssl rand -hex 32 > checkpoint.keys",
            "export SELLERWATCH_CHECKPOINTS__KEY_FILE=checkpoint.keys",
        )
        yield Check(_AREA, State.ADVICE, told, cures)
    if not tuning.canary_ids:
        told = "no planted id: a read of one is the surest sign there is"
        cure = "detector: {canary_ids: [THE-ID-OF-AN-ORDER-THAT-YOU-PLACED-YOURSELF]}"
        yield Check(_AREA, State.ADVICE, told, (cure,))
    if declared:
        yield Check(_AREA, State.OK, f"{len(declared)} principals are declared")
    else:
        told = "no principal is declared: reads outside a purpose page nobody"
        yield Check(_AREA, State.ADVICE, told, ("set principals_file; see config/principals.yaml",))
