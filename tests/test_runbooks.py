"""The runbooks in docs/ share one form, and the commands in them exist."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import botocore.session
import pytest
import yaml
from typer.testing import CliRunner

from models.incidents.incident import IncidentKind
from streams.cli import build_cli
from streams.settings.shipped_files import runbook_directory

PAGES = sorted(runbook_directory().glob("*.md"))
FORM = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def commands(program: str) -> list[str]:
    found = []
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.S | re.M):
            found += [line for line in block.splitlines() if line.startswith(f"{program} ")]
        found += re.findall(rf"`({program} [^`]+)`", page.read_text())
    assert found, program
    return sorted(set(found))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_form_that_one_expects(page: Path) -> None:
    headings = re.findall(r"^## (.*)$", page.read_text(), re.M)
    if page.stem not in {"metrics", "responding"}:
        assert headings == FORM
    assert page.read_text().startswith("# ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        name, _, anchor = target.partition("#")
        other = runbook_directory() / name
        assert other.is_file(), target
        headings = re.findall(r"^## (.*)$", other.read_text(), re.M)
        anchors = {heading.lower().replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, target


def test_each_kind_of_incident_and_each_alert_has_its_page(root: Path) -> None:
    names = {page.stem for page in PAGES}
    assert {kind.value for kind in IncidentKind} <= names
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in (rule for rule in group["rules"] if "alert" in rule):
                page = str(rule["annotations"]["runbook_url"]).rsplit("}}", 1)[1]
                title = (runbook_directory() / f"{page}.md").read_text().splitlines()[0]
                assert rule["alert"] in title, page


def inside(line: str) -> str:
    """The sellerwatch command that a docker compose command runs, if any."""
    found = re.match(r"docker compose (?:exec \w+ sellerwatch|run --rm \w+) (.*)", line)
    return f"sellerwatch {found[1]}" if found else ""


SELLERWATCH = {*commands("sellerwatch"), *map(inside, commands("docker"))} - {""}


@pytest.mark.parametrize("line", sorted(SELLERWATCH))
def test_sellerwatchs_commands_exist(line: str) -> None:
    words = shlex.split(line)[1:]
    groups = {"clocks", "config", "evidence", "topics"}
    command = words[: 2 if words[0] in groups else 1]
    done = CliRunner().invoke(build_cli(), [*command, "--help"])
    assert done.exit_code == 0, line
    for option in (word for word in words if word.startswith("--")):
        assert option in done.output, line


@pytest.mark.parametrize("line", commands("aws"))
def test_awss_commands_exist_with_these_parameters(line: str) -> None:
    _, service, operation, *rest = shlex.split(line)
    model = botocore.session.get_session().get_service_model(service.removesuffix("api"))
    wire = "".join(word.capitalize() for word in operation.split("-"))
    shape = model.operation_model(wire).input_shape
    assert shape is not None
    members = {name.lower(): shape for name, shape in shape.members.items()}
    given = {w.removeprefix("--").replace("-", "") for w in rest if w.startswith("--")}
    assert given <= set(members), line
    assert {name.lower() for name in shape.required_members} <= given, line


def test_the_services_of_docker_compose_exist(root: Path) -> None:
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    known = {*services, "up", "ps", "logs", "exec", "restart", "run", "stop"}
    for line in commands("docker"):
        words = shlex.split(line)[2:]
        if words[0] in {"exec", "run"}:
            words = [word for word in words if word != "--rm"][:2]
        named = {w for w in words if not w.startswith("-") and not w.isdigit() and "=" not in w}
        assert named <= known, line


def test_promtool_understands_the_queries(tmp_path: Path) -> None:
    if shutil.which("promtool") is None:
        if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
            pytest.fail("promtool is missing: apt-get install prometheus")
        pytest.skip("promtool is missing: apt-get install prometheus")
    queries = [
        line
        for page in PAGES
        for block in re.findall(r"^```promql\n(.*?)^```", page.read_text(), re.S | re.M)
        for line in block.splitlines()
    ]
    assert len(queries) > 10
    rules = [{"record": f"q:{n}:q", "expr": query} for n, query in enumerate(queries)]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
