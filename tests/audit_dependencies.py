"""Audits the locked packages with pip-audit; part of `make lint`.

The exit code is 0 if every package was looked up and none is known to be vulnerable, 1 for a known
vulnerability, and 2 if a package could not be looked up: then nothing is said about it.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/dev.lock", "requirements/bench.lock", "requirements/build.lock")
SECONDS = 240
NAMED = 3
VULNERABLE, NOT_AUDITED = 1, 2


def look_up(osv_url: str | None) -> list[dict[str, Any]] | None:
    """Ask about every locked package; None if there was no answer."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--require-hashes"]
    command += [f"--requirement={ROOT / name}" for name in LOCKS]
    command += ["--progress-spinner=off", "--format=json"]
    if osv_url is not None:
        command += ["--vulnerability-service=osv", f"--osv-url={osv_url}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None
    return packages or None


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--osv-url", help="ask this service of OSV's kind; default: PyPI")
    packages = look_up(options.parse_args(arguments).osv_url)
    if packages is None:
        print("NOT AUDITED: the service of pip-audit cannot be reached from here")
        return NOT_AUDITED
    audited = [package for package in packages if "vulns" in package]
    missed = [package["name"] for package in packages if "vulns" not in package]
    bad = [(package, found) for package in audited for found in package["vulns"]]
    for package, found in bad:
        fixed = ", ".join(found["fix_versions"]) or "no release yet"
        print(f"{package['name']} {package['version']}: {found['id']}: fixed in {fixed}")
    print(f"pip-audit: {len(audited)} packages audited, {len(bad)} vulnerabilities")
    if missed:
        some = ", ".join(missed[:NAMED]) + (" and others" if len(missed) > NAMED else "")
        print(f"NOT AUDITED: {len(missed)} packages, {some}: the service did not answer for them")
    return VULNERABLE if bad else NOT_AUDITED if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
