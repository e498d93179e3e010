from account import Account


def test_eight_attacks_page_while_nobody_forges_anything(honest_pages: set[str]) -> None:
    assert honest_pages == {
        "burst", "enumeration", "key_sharing", "leaked_key", "new_scraper", "night_export",
        "processor_buyers", "stolen_role",
    }  # fmt: skip


def test_a_record_keeps_its_attack_s_time(account: Account) -> None:
    assert all(attack.start <= attack.end for attack in account.attacks)
