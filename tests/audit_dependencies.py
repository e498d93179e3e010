"""Audits the installed packages with pip-audit; part of `make lint`.

The exit code is 1 for a known vulnerability. If the advisory service cannot be reached,
it prints one line and exits with 0.
"""

import json
import subprocess
import sys

SECONDS = 120


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable"]
    command += ["--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    if not audited:
        print("pip-audit: its service cannot be reached from here; nothing was audited")
        return 0
    bad = [(package, found) for package in audited for found in package["vulns"]]
    for package, found in bad:
        fixed = ", ".join(found["fix_versions"]) or "no release yet"
        print(f"{package['name']} {package['version']}: {found['id']}: fixed in {fixed}")
    print(f"pip-audit: {len(audited)} packages audited, {len(bad)} vulnerabilities")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
