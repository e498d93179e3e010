from web_site import Site

from streams.settings.sections import WebSettings
from streams.settings.settings import Settings


def test_a_list_of_one_tenant_is_a_reading_of_that_tenant(site: Site) -> None:
    site.get("/incidents?tenant=A1")
    site.get("/api/incidents")
    (of_one, first), (of_all, second) = site.audited
    assert (of_one, of_all) == (b"A1", None)
    assert {r["action"] for r in (first, second)} == {"read"}
    assert {r["person"] for r in (first, second)} == {"local"}


def test_what_cannot_be_written_is_counted_and_holds_up_nobody(site: Site) -> None:
    site.failure = OSError("no broker")
    assert site.get("/incidents/i-1")[0] == 200
    assert (site.audited, site.lost_audits) == ([], 1)


def test_a_hostile_name_is_cut_and_cleaned(make_incident) -> None:
    site = Site(Settings(web=WebSettings(proxy_user_header="X-User")))
    site.store.take_incident(make_incident())
    site.get("/incidents/i-1", **{"X-User": "a\u202eb" + "c" * 500})
    ((_, told),) = site.audited
    assert len(told["person"]) <= 64
    assert "\u202e" not in told["person"]


def test_who_has_to_wait_writes_no_more(tmp_path) -> None:
    path = tmp_path / "tokens"
    path.write_text("alice: alice-token-0123456789\n")
    site = Site(Settings(web=WebSettings(token_file=path)))

    async def guess(client) -> None:
        for number in range(20):
            headers = {"Authorization": f"Bearer wrong-token-{number:010}"}
            await client.get("/api/incidents", headers=headers)

    site.visit(guess)
    assert [told["action"] for _, told in site.audited] == ["login_failed"] * 10
