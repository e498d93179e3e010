"""An input record that is not an event, and need not be."""

import msgspec


class Skipped(msgspec.Struct, frozen=True):
    """A digest, an Insight, an empty envelope, a duplicate or an echo.

    Parameters
    ----------
    reason
        A short fixed word, such as ``digest`` or ``duplicate``.
    source
        Path, URL or topic.
    position
        Position in the source.

    Examples
    --------
    >>> Skipped("digest").reason
    'digest'
    """

    reason: str
    source: str = ""
    position: str = ""
