import html
import re
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.web.incident_page import incident_page
from streams.web.pages import Pages
from streams.web.responder_desk import DeskView
from streams.web.response_commands import response_commands


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.text(max_size=40)
    | st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><svg onload=x>',
            "a" * 10_000,
            "\u202egnp.exe",
            "{{ 7 * 7 }}",
            "javascript:alert(1)",
        ]
    )
)
def test_hostile_names_stay_text(make_incident, name: str) -> None:
    hostile = make_incident(
        principal=name, tenant=name, credential_ids=(name,), runbook_url=name, attack=(name,)
    )
    common = {"person": name, "has_login": True, "form_field": "f", "form_token": "t"}
    common |= {"may_judge": True, "size_field": "s"}
    clock = {"now": hostile.updated_at, "is_replayed": False}
    text = Pages().render(
        "incident.html",
        page=incident_page(hostile, None, hostile.updated_at + timedelta(hours=1)),
        desk=DeskView(response_commands(hostile, hostile.updated_at, ("logs/",)), None),
        **common,
        **clock,
    )
    assert len(text) < 40_000
    assert "<script" not in text
    assert "onload=x>" not in html.unescape(text).replace(html.unescape(name), "")
    for tag in re.findall(r"<[a-zA-Z][^>]*>", text):
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag)), tag
    assert 'href="javascript' not in text
    assert "\u202e" not in text
