"""What is usual for a feature, in numbers or in words."""

from typing import NamedTuple, Self


class UsualRange(NamedTuple):
    """The usual value of a feature, and its usual range.

    Parameters
    ----------
    expected
        The median, the one usual value, or words for what is usual; None if nothing is.
    low, high
        The 5th and 95th percentile of hours, or the smallest and largest day. A limit has `high`
        alone.
    """

    expected: float | str | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, bounds: tuple[float, float, float] | None) -> Self:
        """Make it from low, median and high of an hour or a day.

        The values are whole numbers, because a histogram's bin is no more precise.

        Examples
        --------
        >>> UsualRange.of((1.2, 3.4, 5.6))
        UsualRange(expected=3.0, low=1.0, high=6.0)
        >>> UsualRange.of(None)
        UsualRange(expected=None, low=None, high=None)
        """
        if bounds is None:
            return cls()
        low, median, high = (float(round(value)) for value in bounds)
        return cls(median, low, high)

    @classmethod
    def at_most(cls, limit: float) -> Self:
        """Make it from the highest value that is usual or allowed.

        Examples
        --------
        >>> UsualRange.at_most(500).text()
        'at most 500'
        """
        return cls(high=float(limit))

    def text(self, *, is_share: bool = False) -> str:
        """Return it as people read it; a share as per cent.

        Examples
        --------
        >>> UsualRange(1_050.0, 20.0, 9_000.0).text(), UsualRange(0.0).text(), UsualRange().text()
        ('1,050 (20 to 9,000)', '0', 'none')
        >>> UsualRange("one network").text(), UsualRange.at_most(0.5).text(is_share=True)
        ('one network', 'at most 50%')
        >>> UsualRange(15.0, 15.0, 15.0).text(), UsualRange.at_most(0).text()
        ('15', 'none')
        """
        form = ".0%" if is_share else ",.0f"
        if isinstance(self.expected, str):
            return self.expected
        if self.expected is None:
            return f"at most {self.high:{form}}" if self.high else "none"
        if self.low is None or self.high is None or self.low == self.high:
            return f"{self.expected:{form}}"
        return f"{self.expected:{form}} ({self.low:{form}} to {self.high:{form}})"
