"""Where the lines of captured calls go."""

from typing import Protocol


class CallLog(Protocol):
    """Takes lines, without waiting for anybody."""

    def write(self, line: bytes) -> int:
        """Take a line that ends with a line feed; return how many lines were lost so far.

        Raises
        ------
        OSError
            If it cannot take this line.
        """

    def close(self) -> int:
        """Write the lines that wait, for a few seconds; return how many were lost."""
