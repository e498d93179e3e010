from streams.capture.captured_call import NO_ANSWER, CapturedCall


def finished(*, answer: tuple | None = None, sizes: tuple[int, ...] = ()) -> list[dict]:
    found: list[dict] = []
    call = CapturedCall({"path": "/a"}, found.append)
    if answer is not None:
        call.answered(*answer)
    for size in sizes:
        call.count(size)
    call.finish()
    call.finish("again")
    return found


def test_a_call_is_written_once() -> None:
    (record,) = finished(answer=(200, {"x-amzn-requestid": "r-1"}), sizes=(3, 4))
    assert record == {"path": "/a", "status": 200, "request_id": "r-1", "response_bytes": 7}


def test_a_size_that_is_not_known_is_not_zero() -> None:
    assert "response_bytes" not in finished(answer=(200, {}))[0]
    assert finished(answer=(204, {}), sizes=(0,))[0]["response_bytes"] == 0


def test_an_id_that_is_none_is_drawn() -> None:
    for headers in ({}, {"x-amzn-requestid": ""}, {"x-amzn-requestid": "a" * 1_000},
                    {"x-amzn-requestid": "a\x00"}):  # fmt: skip
        assert len(finished(answer=(200, headers))[0]["request_id"]) == 32


def test_no_answer_has_a_status_of_its_own() -> None:
    assert finished()[0]["status"] == NO_ANSWER
