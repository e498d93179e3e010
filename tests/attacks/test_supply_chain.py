"""Whoever changes a package, a registry or the way to them: what is installed stays what was."""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("runtime", "dev", "build", "bench")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)([^\n]*)\n((?: +(?:--hash|#).*\n)+)", re.M)


@pytest.fixture
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())


def lock_text(root: Path, name: str) -> str:
    return (root / f"requirements/{name}.lock").read_text() + "\n"


def locked(root: Path, name: str) -> dict[str, str]:
    """The packages of a lock with their versions."""
    return {found[0]: found[1] for found in PIN.findall(lock_text(root, name))}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_version_with_hashes(root: Path, name: str) -> None:
    text = lock_text(root, name)
    for package, _, _, below in PIN.findall(text):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", below), package
    # What is no version with its hashes would be installed without them.
    rest = [line for line in PIN.sub("", text).splitlines() if line.strip()]
    assert [line for line in rest if not line.lstrip().startswith("#")] == []
    assert not re.search(r"://|^-|^ +--(?!hash=sha256:)", text, re.M)


def fitting(requirements: list[str], versions: dict[str, str]) -> None:
    for text in requirements:
        wanted = Requirement(text)
        version = versions.get(canonicalize_name(wanted.name))
        assert version is not None, f"{text} is in no lock: make lock"
        assert wanted.specifier.contains(version), f"{text} is locked as {version}: make lock"


def test_the_locks_agree_with_the_bounds(root: Path, project: dict) -> None:
    extras = project["project"]["optional-dependencies"]
    direct = project["project"]["dependencies"]
    fitting(direct, locked(root, "runtime"))
    fitting(direct + extras["dev"], locked(root, "dev"))
    fitting(extras["bench"], locked(root, "bench"))
    fitting(project["build-system"]["requires"], locked(root, "build"))


def test_what_is_locked_twice_is_locked_alike(root: Path) -> None:
    dev = locked(root, "dev")
    for name in ("runtime", "build"):
        for package, version in locked(root, name).items():
            assert dev[package] == version, package


def test_the_inputs_of_locks_are_those_of_the_project(root: Path, project: dict) -> None:
    bench = (root / "requirements/bench.in").read_text().split()
    assert bench == project["project"]["optional-dependencies"]["bench"]
    build = (root / "requirements/build.in").read_text().split()
    assert build == project["build-system"]["requires"]


def installs(text: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", text)
    return re.findall(r"(?:pip|uv) (?:install|sync|wheel|download)[^&\n]*", joined)


def test_the_image_is_installed_from_the_locks_only(root: Path) -> None:
    text = (root / "Dockerfile").read_text()
    (wheels,) = re.findall(r'^ARG WHEELS="(.*)"$', text, re.M)
    commands = installs(text.replace("$WHEELS", wheels))
    assert len(commands) == 4
    for command in commands:
        assert "--no-deps" in command, command
        is_locked = "--require-hashes" in command and "--only-binary :all:" in command
        is_offline = "--no-index" in command
        assert is_locked or is_offline, command
    named = {name for command in commands for name in re.findall(r"-r (\S+)", command)}
    assert named == {"requirements/runtime.lock", "requirements/build.lock"}


def developer_installs(root: Path) -> list[str]:
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", "setup", "bench-detection"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return installs(shown)


def test_a_developer_and_ci_install_from_the_locks_only(root: Path) -> None:
    commands = developer_installs(root)
    assert len(commands) == 3
    for command in commands:
        assert "--no-deps" in command, command
        assert "--require-hashes" in command or command.endswith("--no-build-isolation -e ."), (
            command
        )
    run = (root / ".ci/run").read_text()
    assert "install" not in run.replace("installed", "")
    assert "make test" in run


def write_wheel(folder: Path) -> Path:
    path = folder / "sample_part-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        about = "sample_part-1.0.dist-info"
        wheel.writestr("sample_part.py", "")
        wheel.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: sample-part\nVersion: 1.0\n"
        )
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return path


def write_source(folder: Path) -> Path:
    path, code = folder / "sample_part-1.0.tar.gz", b"open('ran', 'w')"
    with tarfile.open(path, "w:gz") as source:
        entry = tarfile.TarInfo("sample_part-1.0/setup.py")
        entry.size = len(code)
        source.addfile(entry, io.BytesIO(code))
    return path


def install(root: Path, folder: Path, digest: str) -> subprocess.CompletedProcess[str]:
    """Install with the options of the Makefile, from a folder instead of the registry."""
    flags = next(command for command in developer_installs(root) if "dev.lock" in command)
    options = [word for word in flags.split()[2:] if "requirements" not in word and word != "-r"]
    lock = folder / "sample.lock"
    lock.write_text(f"sample-part==1.0 --hash=sha256:{digest}\n")
    command = [sys.executable, "-m", "pip", "install", *options, "-r", lock]
    command += ["--no-index", "--find-links", folder, "--target", folder / "installed"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_package_that_is_another_is_not_installed(root: Path, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path)
    refused = install(root, tmp_path, "0" * 64)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (tmp_path / "installed").exists()
    assert install(root, tmp_path, sha256(wheel.read_bytes()).hexdigest()).returncode == 0
    assert (tmp_path / "installed/sample_part.py").exists()


def test_no_code_runs_to_install_a_package(root: Path, tmp_path: Path) -> None:
    source = write_source(tmp_path)
    refused = install(root, tmp_path, sha256(source.read_bytes()).hexdigest())
    assert refused.returncode != 0
    assert "No matching distribution" in refused.stderr


def make_sbom(root: Path, out: Path) -> dict:
    command = [sys.executable, root / "tools/sbom.py", out]
    subprocess.run(command, check=True, capture_output=True)
    return json.loads(out.read_text())


def test_the_sbom_lists_each_locked_package(root: Path, tmp_path: Path) -> None:
    # The program refuses to write what CycloneDX's schema does not allow.
    sbom = make_sbom(root, tmp_path / "sbom.json")
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in sbom["components"]}
    assert {name: part["version"] for name, part in parts.items()} == locked(root, "runtime")
    text = lock_text(root, "runtime")
    for found in PIN.finditer(text):
        part = parts[found[1]]
        assert part["purl"] == f"pkg:pypi/{found[1]}@{found[2]}"
        hashes = {one["content"] for one in part["externalReferences"][0]["hashes"]}
        assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", found[4]))
    needs = {entry["ref"]: set(entry.get("dependsOn", ())) for entry in sbom["dependencies"]}
    assert parts["river"]["purl"] in needs["sellerwatch"]
    reached, waiting = set(), ["sellerwatch"]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs[ref]
    assert reached - {"sellerwatch"} == {part["purl"] for part in parts.values()}


def test_the_sbom_of_a_lock_is_always_the_same(root: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    make_sbom(root, first)
    make_sbom(root, second)
    assert first.read_bytes() == second.read_bytes()


@contextmanager
def osv_service(answers: dict[str, dict], *, dies_after: int = 10_000) -> Iterator[str]:
    """A service of OSV's kind on loopback that knows of these packages' vulnerabilities."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(query["package"]["name"])
            body = json.dumps(answers.get(asked[-1], {})).encode()
            self.send_response(503 if len(asked) > dies_after else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def audit(root: Path, url: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, root / "tests/audit_dependencies.py", "--osv-url", url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


HOLE = {
    "id": "PYSEC-2026-1",
    "affected": [
        {
            "package": {"name": "aiohttp", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0.0"}]}],
        }
    ],
}


def test_an_audit_that_could_not_look_does_not_pass(root: Path) -> None:
    code, said = audit(root, "http://127.0.0.1:1/v1/query")
    assert code == 2
    assert said.splitlines()[-1].startswith("NOT AUDITED: ")


def test_an_audit_that_is_cut_short_does_not_pass(root: Path) -> None:
    with osv_service({}, dies_after=5) as url:
        code, said = audit(root, url)
    assert code == 2
    assert said.splitlines()[-1].startswith("NOT AUDITED: ")


def test_an_audit_that_has_looked_tells_what_it_found(root: Path) -> None:
    with osv_service({}) as url:
        code, said = audit(root, url)
    assert code == 0, said
    # Those for other systems are left out.
    found = PIN.findall(lock_text(root, "dev") + lock_text(root, "bench"))
    markers = [marker.strip("; \\") for _, _, marker, _ in found]
    packages = sum(not marker or Marker(marker).evaluate() for marker in markers)
    assert f"pip-audit: {packages} packages audited, 0 vulnerabilities" in said
    with osv_service({"aiohttp": {"vulns": [HOLE]}}) as url:
        code, said = audit(root, url)
    assert code == 1
    assert "PYSEC-2026-1: fixed in 99.0.0" in said


def test_ci_ends_with_what_the_audit_says(root: Path, tmp_path: Path) -> None:
    last = (root / ".ci/run").read_text().strip().splitlines()[-1]
    assert last.startswith(".venv/bin/python tests/audit_dependencies.py ")
    fake = tmp_path / ".venv/bin/python"
    fake.parent.mkdir(parents=True)
    for code, passes in ((0, True), (1, False), (2, True), (3, False)):
        fake.write_text(f"#!/bin/sh\nexit {code}\n")
        fake.chmod(0o755)
        done = subprocess.run(["bash", "-euc", last], cwd=tmp_path, check=False)
        assert (done.returncode == 0) is passes, code


DOCKER = """#!/bin/sh
case "$4" in
  *grafana*) [ -z "$BROKEN" ] || { echo "no such host" >&2; exit 1; } ;;
esac
printf 'sha256:%s\\n' "$(printf %s "$4$SALT" | sha256sum | cut -c1-64)"
"""


def pin(root: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # No registry is at hand: a program stands in for Docker's, with a digest for each name.
    docker = folder / "bin/docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, root / "tools/pin_images.py", folder],
        env=os.environ | {"PATH": path} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def images(root: Path, tmp_path: Path) -> Path:
    for name in ("Dockerfile", "docker-compose.yml"):
        (tmp_path / name).write_text((root / name).read_text())
    return tmp_path


def test_every_image_gets_the_digest_of_its_tag(root: Path, images: Path) -> None:
    before = (images / "docker-compose.yml").read_text()
    done = pin(root, images)
    assert done.returncode == 0, done.stderr
    bases = re.findall(r"^FROM (\S+)", (images / "Dockerfile").read_text(), re.M)
    assert len(bases) == 2
    services = yaml.safe_load((images / "docker-compose.yml").read_text())["services"]
    others = {one["image"] for one in services.values() if "build" not in one}
    assert len(others) == 6
    for image in [*bases, *others]:
        assert re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image
    own = {one["image"] for one in services.values() if "build" in one}
    assert own == {"sellerwatch:0.1.0"}
    # Nothing else has changed, and a second run replaces the digests.
    unpinned = re.sub(r"@sha256:[0-9a-f]{64}", "", (images / "docker-compose.yml").read_text())
    assert unpinned == re.sub(r"@sha256:[0-9a-f]{64}", "", before)
    once = (images / "Dockerfile").read_text()
    assert pin(root, images, SALT="x").returncode == 0
    again = (images / "Dockerfile").read_text()
    assert again != once
    assert again.count("@sha256:") == 2


def test_without_one_answer_no_image_changes(root: Path, images: Path) -> None:
    before = [(images / name).read_text() for name in ("Dockerfile", "docker-compose.yml")]
    done = pin(root, images, BROKEN="1")
    assert done.returncode == 1
    assert "no such host: nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    after = [(images / name).read_text() for name in ("Dockerfile", "docker-compose.yml")]
    assert after == before
