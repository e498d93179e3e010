from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.route_tree import RouteTree


def tree() -> RouteTree[str]:
    routes: RouteTree[str] = RouteTree()
    for template in ("/a/{id}", "/a/b", "/a/b/c", "/a/{id}/d", "/a/{id}/{other}/e"):
        routes.add("GET", template, template)
    return routes


def test_a_literal_segment_goes_before_a_parameter() -> None:
    routes = tree()
    assert routes.find("GET", "/a/b")[0] == "/a/b"
    assert routes.find("GET", "/a/x")[0] == "/a/{id}"


def test_a_literal_that_leads_nowhere_is_taken_back() -> None:
    assert tree().find("GET", "/a/b/d")[0] == "/a/{id}/d"
    assert tree().find("GET", "/a/b/c/e")[0] == "/a/{id}/{other}/e"


def test_an_untidy_path_is_cleaned() -> None:
    for path in ("/a/b/", "//a//b", "a/b", "https://example.com/a/b?x=/y", "/a/b?x=1"):
        assert tree().find("GET", path) == ("/a/b", "/a/b"), path


def test_what_fits_no_template_is_none() -> None:
    for path in ("", "/", "/a", "/a/", "/a//", "/a?x=/b", "/b/a", "/a/b/c/d/e", "/x" * 999):
        assert tree().find("GET", path)[0] is None, path
    assert tree().find("POST", "/a/b")[0] is None


def test_an_encoded_slash_stays_in_its_segment_where_no_template_has_it() -> None:
    assert tree().find("GET", "/a/x%2Fy") == ("/a/{id}", "/a/x%2Fy")
    assert tree().find("GET", "/a/x%2Fd") == ("/a/{id}/d", "/a/x/d")


def test_a_literal_in_another_case_goes_before_a_parameter() -> None:
    assert tree().find("GET", "/A/B/C") == ("/a/b/c", "/a/b/c")
    assert tree().find("GET", "/a/B") == ("/a/b", "/a/b")
    assert tree().find("GET", "/A/Xy/D") == ("/a/{id}/d", "/a/Xy/d")


def test_of_two_readings_the_graver_counts() -> None:
    routes: RouteTree[str] = RouteTree(["secret", "plain"].index)
    routes.add("GET", "/a/{id}", "secret")
    routes.add("GET", "/b/c", "plain")
    assert routes.find("GET", "/a/7;%2F..%2F..%2Fb%2Fc") == ("secret", "/a/7")
    assert routes.find("GET", "/b/c;%2F..%2F..%2Fa%2F7") == ("secret", "/a/7")


@given(st.text(st.sampled_from("ab/?#{:}%25.;\\ é") | st.characters(), max_size=500))
def test_any_path_is_answered(path: str) -> None:
    template, plain = tree().find("GET", path)
    assert template is None or template.count("/") == plain.count("/")
    assert plain.startswith("/")


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), max_size=4)
)
def test_a_parameter_takes_any_segment(parts: list[str]) -> None:
    routes: RouteTree[int] = RouteTree()
    routes.add("GET", "/" + "/".join(["x", *("{p}" for _ in parts)]), 1)
    path = "/x" + "".join(f"/{part}" for part in parts)
    assert routes.find("GET", path) == (1, path)
    assert routes.find("GET", path + "/;a=1") == (1, path)
