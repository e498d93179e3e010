"""An input record that rightly is no event."""

import msgspec


class Skipped(msgspec.Struct, frozen=True):
    """A digest, an Insight, an empty envelope, a duplicate or an echo.

    Parameters
    ----------
    reason
        Why, as a short fixed word, such as ``digest`` or ``duplicate``.
    source
        Path, URL or topic.
    position
        Where in the source.

    Examples
    --------
    >>> Skipped("digest").reason
    'digest'
    """

    reason: str
    source: str = ""
    position: str = ""
