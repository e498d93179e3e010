import pytest
import typer
from typer.testing import CliRunner

from streams.commands import topics


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    topics.register(app)
    return app


def test_check_fails_until_create_has_made_them(
    app: typer.Typer, broker_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELLERWATCH_KAFKA__BROKERS", f'["{broker_address}"]')
    before = CliRunner().invoke(app, ["topics", "check"])
    assert before.exit_code == 1
    assert "access-events: missing: run 'sellerwatch topics create'" in before.output
    created = CliRunner().invoke(app, ["topics", "create"])
    assert created.exit_code == 0, created.output
    assert "created access-incidents: 4 partitions, 1 replicas, compact" in created.output
    again = CliRunner().invoke(app, ["topics", "create"])
    assert "exists access-incidents" in again.output
    after = CliRunner().invoke(app, ["topics", "check"])
    assert after.exit_code == 0
    assert after.output == "all topics match the settings\n"
