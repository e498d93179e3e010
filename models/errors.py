"""The errors of sellerwatch.

::

    SellerwatchError
    |-- SettingsError        a setting or config file is wrong        (exit code 2)
    |-- InputError           a path or format cannot be used          (exit code 2)
    |-- RecordError          one record of an input is wrong          (dead letter)
    |-- BrokerError          Kafka cannot be reached or refuses       (exit code 1)
    |-- ServiceError         another server does not answer or refuses (exit code 1)
    `-- WireFormatError      a Kafka message is not what we write     (dead letter)
        |-- VerdictError     a verdict is not on the incident that it names
        |-- ActivityError    an entry of a log is not on the incident that it names
        |-- PlannedChangeError  a planned change is foreign or impossible
        `-- CheckpointError  a checkpoint is not to be believed
"""


class SellerwatchError(Exception):
    """The root: its text is one line that names the place and the remedy.

    Examples
    --------
    >>> raise SettingsError("kafka.brokers is empty: name at least one host:port")
    Traceback (most recent call last):
    ...
    models.errors.SettingsError: kafka.brokers is empty: name at least one host:port
    """

    exit_code = 1


class SettingsError(SellerwatchError):
    """A setting or a config file is wrong."""

    exit_code = 2


class InputError(SellerwatchError):
    """An input path or its format cannot be used."""

    exit_code = 2


class RecordError(SellerwatchError):
    """One record of an input is wrong; it becomes a dead letter."""


class BrokerError(SellerwatchError):
    """Kafka cannot be reached, or it refused."""


class ServiceError(SellerwatchError):
    """A server beside sellerwatch, such as Prometheus, does not answer, or it refused."""


class WireFormatError(SellerwatchError):
    """A Kafka message is not in the format that sellerwatch writes."""


class VerdictError(WireFormatError):
    """A verdict is not on the incident that it names, or of no time at which one was given."""


class ActivityError(WireFormatError):
    """An entry of an incident's log is not on that incident, of no time, or says nothing."""


class PlannedChangeError(WireFormatError):
    """A planned change is another partition's, impossible, or one too many."""


class CheckpointError(WireFormatError):
    """A checkpoint is not to be believed.

    Parameters
    ----------
    message
        What is wrong.
    reason
        The same in a word or two, as metrics count it.

    Examples
    --------
    >>> CheckpointError("a record is not signed", "unsigned").reason
    'unsigned'
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
