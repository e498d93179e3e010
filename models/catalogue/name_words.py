"""Data classes by the words in a name, in any language."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from models.domain.data_class import DataClass

# A run of capitals, a word with or without one (Latin or Cyrillic), or a run of letters of another
# script. Vowels of Hindi are marks on a letter, and no letters.
_WORD: Final = re.compile(
    "[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[Ѐ-ЯҐ]+(?![а-џґ])|[Ѐ-ЯҐ]?[а-џґ]+"
    "|(?:[^\\W\\d_A-Za-z]|[\u0900-\u0903\u093a-\u094f\u0955-\u0957])+"
)
# Letters that Unicode does not take apart.
_PLAIN: Final = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe"}
)
# How names are spelled that may have no umlaut.
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Scripts that write words without spaces between them.
_CLOSED: Final = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_FIRST: Final = 2


class WordList(NamedTuple):
    """Words of one language that say the same of a name.

    Parameters
    ----------
    data_class
        What they say; None if they say nothing, whatever a shorter word in them would say.
    words
        Single words, or several with a space between.
    endings
        Of plurals and the like: each word is also known with each of them.
    inside
        Whether they also count inside a longer word.
    """

    data_class: DataClass | None
    words: tuple[str, ...]
    endings: tuple[str, ...] = ()
    inside: bool = False


class NameWords:
    """Finds what the words of a name say.

    A name is cut at separators, digits and capitals; accents do not count. The longest known words
    go first, so that a purchase order is no order. Scripts without spaces are searched for words.

    Parameters
    ----------
    lists
        A later one wins over an earlier one.

    Examples
    --------
    >>> words = NameWords([
    ...     WordList(DataClass.CUSTOMER, ("order", "Käufer", "订单"), ("s",)),
    ...     WordList(DataClass.SUPPLIER, ("purchase order",), ("s",)),
    ... ])
    >>> [str(one) for one in words.classes_of("acmeOrders2026")]
    ['customer']
    >>> [str(one) for one in words.classes_of("purchase-orders, recorders")]
    ['supplier']
    >>> [str(one) for one in words.classes_of("kaeufer_alt")], list(words.classes_of("历史订单表"))
    (['customer'], [<DataClass.CUSTOMER: 'customer'>])
    """

    def __init__(self, lists: Iterable[WordList] = ()) -> None:
        self._whole: dict[tuple[str, ...], DataClass | None] = {}
        self._inside: dict[str, DataClass | None] = {}
        for one in lists:
            for form in _forms(one):
                parts = tuple(words_of(form))
                joined = "".join(parts)
                self._whole[parts] = one.data_class
                if one.inside or len(parts) > 1 or _CLOSED.search(joined):
                    self._inside[joined] = one.data_class
        self._longest = max(map(len, self._whole), default=0)
        # Most places of a word begin no other one: its first two letters tell.
        self._lengths: dict[str, list[int]] = {}
        for text in sorted(self._inside, key=len, reverse=True):
            lengths = self._lengths.setdefault(text[:_FIRST], [])
            if len(text) not in lengths:
                lengths.append(len(text))

    def classes_of(self, name: str) -> Iterator[DataClass]:
        """Yield the data classes that the words of a name say; one may come twice."""
        parts, at = words_of(name), 0
        while at < len(parts):
            for count in range(min(self._longest, len(parts) - at), 0, -1):
                words = tuple(parts[at : at + count])
                if words in self._whole:
                    if (found := self._whole[words]) is not None:
                        yield found
                    break
            else:
                count = 1
                yield from self._classes_inside(parts[at])
            at += count

    def _classes_inside(self, word: str) -> Iterator[DataClass]:
        at = 0
        while at < len(word):
            for length in self._lengths.get(word[at : at + _FIRST], ()):
                text = word[at : at + length]
                if text in self._inside:
                    if (found := self._inside[text]) is not None:
                        yield found
                    at += length
                    break
            else:
                at += 1


def words_of(name: str) -> list[str]:
    """Cut a name into words without capitals and accents.

    Examples
    --------
    >>> words_of("prod-CustomerOrdersEU2026_Käufer"), words_of("AWSLogs")
    (['prod', 'customer', 'orders', 'eu', 'kaufer'], ['aws', 'logs'])
    """
    apart = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    plain = apart if apart.isascii() else "".join(c for c in apart if not unicodedata.combining(c))
    return [word.lower() for word in _WORD.findall(plain)]


def _forms(words: WordList) -> Iterator[str]:
    for word in words.words:
        for ending in ("", *words.endings):
            form = f"{word}{ending}"
            yield form
            lower = form.lower()
            if (spelled := lower.translate(_UMLAUTS)) != lower:
                yield spelled
