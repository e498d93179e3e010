import gzip
import json

import pytest
import typer
from typer.testing import CliRunner

from models.errors import InputError, SettingsError
from streams.commands import simulate

SMALL = ["--days", "8", "--principals", "12", "--traffic-scale", "0.1"]


@pytest.fixture
def app():
    app = typer.Typer()
    app.callback()(lambda: None)
    simulate.register(app)
    return app


def run(app, *arguments):
    return CliRunner().invoke(app, ["simulate", *arguments])


def test_it_writes_both_logs_and_the_truth(app, tmp_path):
    result = run(app, *SMALL, "--attacks", "canary,burst", "--out", str(tmp_path / "new" / "sim"))
    assert result.exit_code == 0, result.output
    out = tmp_path / "new" / "sim"
    truth = json.loads((out / "truth.json").read_text())
    assert [one["kind"] for one in truth["attacks"]] == ["burst", "canary"]
    api = [json.loads(line) for line in (out / "seller-api.ndjson").read_bytes().splitlines()]
    assert {one["request_id"] for one in api} >= {
        event["event_id"] for one in truth["attacks"] for event in one["events"]
    }
    trail = (out / "cloudtrail.ndjson").read_bytes().splitlines()
    assert trail
    assert all("eventID" in json.loads(line) for line in trail)
    assert f"{len(api)} seller-api records" in result.output


def test_the_same_seed_gives_the_same_bytes(app, tmp_path):
    contents = []
    for name in ("a", "b"):
        run(app, *SMALL, "--attacks", "none", "--gzip", "--out", str(tmp_path / name))
        contents.append((tmp_path / name / "seller-api.ndjson.gz").read_bytes())
    assert gzip.decompress(contents[0]) == gzip.decompress(contents[1]) != b""


def test_an_unknown_attack_is_a_wrong_setting(app, tmp_path):
    result = run(app, *SMALL, "--attacks", "flood", "--out", str(tmp_path))
    assert isinstance(result.exception, SettingsError)
    assert "flood" in str(result.exception)


def test_a_folder_that_cannot_be_made_is_named(app, tmp_path):
    (tmp_path / "file").write_text("")
    result = run(app, *SMALL, "--out", str(tmp_path / "file"))
    assert isinstance(result.exception, InputError)
    assert "file" in str(result.exception)


def test_a_world_is_drawn_from_its_family_and_seed(app, tmp_path):
    contents = []
    for name in ("a", "b"):
        result = run(app, "--world", "small", "--seed", "3", "--out", str(tmp_path / name))
        assert result.exit_code == 0, result.output
        contents.append((tmp_path / name / "truth.json").read_bytes())
    assert contents[0] == contents[1]
    kinds = {one["kind"] for one in json.loads(contents[0])["attacks"]}
    assert kinds
    assert all(kind.startswith("theft_") for kind in kinds)


def test_what_a_world_draws_cannot_be_chosen(app, tmp_path):
    result = run(app, "--world", "small", "--days", "9", "--out", str(tmp_path))
    assert isinstance(result.exception, SettingsError)
    assert "--days" in str(result.exception)


def test_an_unknown_world_is_named(app, tmp_path):
    result = run(app, "--world", "mars", "--out", str(tmp_path))
    assert isinstance(result.exception, SettingsError)
    assert "small" in str(result.exception)
