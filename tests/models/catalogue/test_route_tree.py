from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.route_tree import RouteTree, segments


def tree() -> RouteTree[str]:
    routes: RouteTree[str] = RouteTree()
    for template in ("/a/{id}", "/a/b", "/a/b/c", "/a/{id}/d", "/a/{id}/{other}/e"):
        routes.add("GET", template, template)
    return routes


def test_a_literal_segment_goes_before_a_parameter() -> None:
    routes = tree()
    assert routes.find("GET", "/a/b") == "/a/b"
    assert routes.find("GET", "/a/x") == "/a/{id}"


def test_a_literal_that_leads_nowhere_is_taken_back() -> None:
    assert tree().find("GET", "/a/b/d") == "/a/{id}/d"
    assert tree().find("GET", "/a/b/c/e") == "/a/{id}/{other}/e"


def test_an_untidy_path_is_cleaned() -> None:
    for path in ("/a/b/", "//a//b", "a/b", "https://example.com/a/b?x=/y", "/a/b?x=1"):
        assert tree().find("GET", path) == "/a/b", path


def test_what_fits_no_template_is_none() -> None:
    for path in ("", "/", "/a", "/a/", "/a//", "/a?x=/b", "/b/a", "/a/b/c/d/e", "/x" * 999):
        assert tree().find("GET", path) is None, path
    assert tree().find("POST", "/a/b") is None


def test_an_encoded_slash_stays_in_its_segment() -> None:
    assert tree().find("GET", "/a/x%2Fd") == "/a/{id}"


@given(st.text(st.sampled_from("ab/?#{:} é") | st.characters(), max_size=500))
def test_any_path_is_answered(path: str) -> None:
    found = tree().find("GET", path)
    assert found is None or found.count("/") == len(segments(path))


@given(st.lists(st.text(st.characters(exclude_characters="/?"), min_size=1), max_size=4))
def test_a_parameter_takes_any_segment(parts: list[str]) -> None:
    routes: RouteTree[int] = RouteTree()
    routes.add("GET", "/" + "/".join(["x", *("{p}" for _ in parts)]), 1)
    assert routes.find("GET", "/x" + "".join(f"/{part}" for part in parts)) == 1
