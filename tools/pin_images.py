"""Writes the digest of every image behind its tag: `make digests`.

It asks the registries with `docker buildx imagetools inspect` and changes Dockerfile and
docker-compose.yml, so that a build takes the same bytes tomorrow. Run it again after a change of a
tag: an old digest is replaced. The image that the project builds itself has none.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("Dockerfile", "docker-compose.yml")
OWN = "sellerwatch:"
_IMAGE = re.compile(r"^( *image: |FROM )([\w./-]+:[\w.-]+)(@sha256:[0-9a-f]{64})?", re.M)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SECONDS = 120


def digest_of(image: str) -> str:
    """Ask the registry for the digest of all platforms of an image."""
    command = ["docker", "buildx", "imagetools", "inspect", image]
    command += ["--format", "{{.Manifest.Digest}}"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"{image}: docker buildx: {error}: nothing was changed")
    digest = done.stdout.strip()
    if done.returncode != 0 or _DIGEST.fullmatch(digest) is None:
        reason = " ".join((done.stderr or done.stdout).split())[:200]
        sys.exit(f"{image}: no digest: {reason}: nothing was changed")
    return digest


def main(root: Path) -> None:
    """Change the files, or none of them if a registry does not answer."""
    texts = {name: (root / name).read_text() for name in FILES}
    images = {
        found[1]
        for text in texts.values()
        for found in _IMAGE.findall(text)
        if not found[1].startswith(OWN)
    }
    digests = {image: digest_of(image) for image in sorted(images)}

    def pinned(found: re.Match[str]) -> str:
        digest = digests.get(found[2])
        return found[0] if digest is None else f"{found[1]}{found[2]}@{digest}"

    for name, text in texts.items():
        (root / name).write_text(_IMAGE.sub(pinned, text))
    for image, digest in digests.items():
        print(f"{image}@{digest}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
