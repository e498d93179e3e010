import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with own.pem, own.key, the same key encrypted, and another one's key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    folder = tmp_path_factory.mktemp("certificates")
    make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for name in ("own", "other"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
        _openssl(folder, *make, "-subj", f"/CN={name}", *files)
    seal = ["-in", "own.key", "-out", "sealed.key", "-passout", "pass:secret"]
    _openssl(folder, "pkcs8", "-topk8", *seal)
    (folder / "empty.pem").touch()
    return folder


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)
