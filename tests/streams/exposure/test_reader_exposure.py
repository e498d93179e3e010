from models.domain.data_class import DataClass
from streams.exposure.reader_exposure import OTHER_PLACES, ReaderExposure, by_class


def test_a_call_of_several_classes_counts_in_each_and_once_in_all(make_event) -> None:
    reader = ReaderExposure("A1", "app-1")
    kinds = (DataClass.CUSTOMER, DataClass.PAYMENT, DataClass.NONE)
    reader.add(make_event(data_classes=kinds))
    reader.add(make_event(records=None))
    assert (reader.calls, reader.bytes) == (2, 1800)
    assert set(reader.classes) == {DataClass.CUSTOMER, DataClass.PAYMENT}
    customer = reader.classes[DataClass.CUSTOMER]
    assert (customer.calls, customer.records, customer.uncounted_calls) == (2, 50, 1)
    assert customer.distinct_subjects == 3
    assert reader.sensitive_records == 100


def test_places_are_networks_of_sensitive_reads_and_bounded(make_event) -> None:
    reader = ReaderExposure("A1", "app-1")
    reader.add(make_event(source_ip="198.51.100.1", data_classes=(DataClass.CATALOG,)))
    reader.add(make_event(asn=64500))
    assert reader.places == {"AS64500 DE": 1}
    for number in range(200):
        reader.add(make_event(asn=number, country=None))
    assert len(reader.places) == 65
    assert reader.places[OTHER_PLACES] == 137


def test_classes_of_several_add_up_in_their_order(make_event) -> None:
    readers = [ReaderExposure("A1", name) for name in ("app-1", "app-2")]
    readers[0].add(make_event(data_classes=(DataClass.SUPPLIER,)))
    for number, reader in enumerate(readers):
        reader.add(make_event(subject_ids=(2**60 * (number + 1), 2**61)))
    totals = by_class(readers)
    assert list(totals) == [DataClass.CUSTOMER, DataClass.SUPPLIER]
    assert (totals[DataClass.CUSTOMER].calls, totals[DataClass.CUSTOMER].records) == (2, 100)
    assert by_class([]) == {}
