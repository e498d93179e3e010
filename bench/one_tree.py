"""Runs one tree's detector for ``bench/two_trees.py``, which says which events are next.

Reads the path of a file of events a line; answers with a line of JSON: the time, and a digest of
each incident and each snapshot.
"""

import hashlib
import sys
import time
from pathlib import Path

import msgspec

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.event_batch import decode_batch

_BATCH = 250


def main() -> None:
    """Answer until the input ends."""
    detector = Detector(DetectorSettings(), {})
    for line in sys.stdin:
        events = decode_batch(Path(line.strip()).read_bytes()).events
        incidents = []
        begun = time.process_time()
        for first in range(0, len(events), _BATCH):
            incidents += detector.process_batch(events[first : first + _BATCH])
        spent = time.process_time() - begun
        found = {f"incident {n}": msgspec.json.encode(one) for n, one in enumerate(incidents)}
        for key, value in detector.take_changes().items():
            found[key.decode("utf-8", "backslashreplace")] = value
        answer = {
            "microseconds": spent / len(events) * 1e6,
            "incidents": len(incidents),
            "found": {k: hashlib.blake2b(v, digest_size=8).hexdigest() for k, v in found.items()},
        }
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
