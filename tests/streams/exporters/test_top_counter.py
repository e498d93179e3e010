from prometheus_client import CollectorRegistry

from streams.exporters.top_counter import TopCounter


def shown(counter: TopCounter) -> dict[str, float]:
    return {
        sample.labels["country"]: sample.value
        for metric in counter.collect()
        for sample in metric.samples
    }


def countries(top: int) -> TopCounter:
    return TopCounter("rows", "Rows.", ("country",), top=top)


def test_the_busiest_are_exported_and_the_rest_is_counted_as_hidden() -> None:
    counter = countries(2)
    for name, amount in (("DE", 5), ("FR", 9), ("IT", 1)):
        counter.add((name,), amount)
    assert shown(counter) == {"DE": 5, "FR": 9}
    assert counter.hidden == 1


def test_what_grows_now_takes_the_place_of_what_was_large_once() -> None:
    counter = countries(1)
    counter.add(("DE",), 1000)
    for _ in range(400):
        shown(counter)
    counter.add(("KP",), 500)
    assert shown(counter) == {"KP": 500}


def test_a_label_set_that_comes_back_goes_on_where_it_stopped() -> None:
    counter = countries(1)
    counter.add(("DE",), 10)
    counter.add(("FR",), 20)
    assert shown(counter) == {"FR": 20}
    counter.add(("DE",), 50)
    assert shown(counter) == {"DE": 60}


def test_memory_is_bounded() -> None:
    counter = countries(5)
    for number in range(10_000):
        counter.add((f"c-{number}",), number)
    assert len(shown(counter)) == 5
    assert counter.hidden < 100
    assert "c-9999" in shown(counter)


def test_its_name_is_that_of_a_counter() -> None:
    registry = CollectorRegistry()
    counter = countries(3)
    registry.register(counter)
    counter.add(("DE",), 3)
    assert registry.get_sample_value("rows_total", {"country": "DE"}) == 3
