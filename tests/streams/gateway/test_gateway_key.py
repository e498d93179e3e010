import pytest
from pydantic import ValidationError

from models.domain.data_class import DataClass
from streams.gateway.gateway_key import GatewayKey, digest_of


def test_what_is_kept_of_a_key_does_not_hold_it() -> None:
    secret, key = GatewayKey.make("payments.example", (DataClass.PAYMENT,), None)
    assert secret.removeprefix("sw_") not in key.model_dump_json()
    assert key.is_of(digest_of(secret))
    assert len(secret) > 40


def test_no_two_keys_are_alike() -> None:
    made = [GatewayKey.make("payments.example", (), None) for _ in range(50)]
    assert len({secret for secret, _ in made}) == 50
    assert len({key.credential_id for _, key in made}) == 50


@pytest.mark.parametrize("name", ["", "a b", "x\n", "gateway:no-key", "-x", "a" * 200, 'a"b'])
def test_a_name_that_a_log_or_a_header_could_mistake_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        GatewayKey.make(name, (), None)


def test_any_presented_text_has_a_digest() -> None:
    assert len(digest_of("\udcff\x00" * 1_000)) == 32
