"""Writes what an installation holds as a CycloneDX list, from the lock: `make sbom`.

The list holds every package of requirements/runtime.lock with its version, its hashes and who
needs it. It is the same for the same lock, and is checked by CycloneDX's own schema.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "sellerwatch"
_PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(?: ; ([^\\]+?))?(?: \\)?$")
_HASH = re.compile(r"^ +--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^ +#(?: via)? +([a-z0-9-]+)(?: \(.*\))?$")


@dataclass
class Locked:
    """A package of a lock."""

    name: str
    version: str
    marker: str | None
    hashes: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)


def read_lock(text: str) -> Iterator[Locked]:
    """Yield the packages of a lock as `uv pip compile` writes it."""
    found: Locked | None = None
    for line in text.splitlines():
        if pin := _PIN.match(line):
            if found is not None:
                yield found
            found = Locked(*pin.groups())
        elif found is not None and (digest := _HASH.match(line)):
            found.hashes.append(digest[1])
        elif found is not None and (via := _VIA.match(line)):
            found.needed_by.append(via[1])
    if found is not None:
        yield found


def make_bom(lock: str, version: str) -> Bom:
    """Make the list of a lock."""
    packages = list(read_lock(lock))
    parts = {one.name: _component(one) for one in packages}
    root = Component(
        name=PROJECT,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=PROJECT,
        licenses=[DisjunctiveLicense(id="Apache-2.0")],
    )
    bom = Bom(components=parts.values(), serial_number=uuid5(NAMESPACE_URL, lock))
    bom.metadata.component = root
    bom.metadata.timestamp = None
    for name, part in {PROJECT: root, **parts}.items():
        needs = [parts[one.name] for one in packages if name in one.needed_by]
        bom.register_dependency(part, needs)
    return bom


def _component(locked: Locked) -> Component:
    purl = PackageURL("pypi", None, locked.name, locked.version)
    page = f"https://pypi.org/project/{locked.name}/{locked.version}/"
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(page),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in locked.hashes],
    )
    marker = [] if locked.marker is None else [Property(name="marker", value=locked.marker)]
    return Component(
        name=locked.name,
        version=locked.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        external_references=[files],
        properties=marker,
    )


def main(out: Path) -> int:
    """Write the list; the exit code is 1 if it is not what the schema asks for."""
    version = re.findall(r'"([^"]+)"$', (ROOT / "streams/version.py").read_text(), re.M)[-1]
    lock = (ROOT / "requirements/runtime.lock").read_text()
    text = JsonV1Dot6(make_bom(lock, version)).output_as_string(indent=2)
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        sys.stderr.write(f"{out}: not written: CycloneDX's schema refuses it: {error}\n")
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text + "\n")
    sys.stdout.write(f"{out}: {len(list(read_lock(lock)))} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
