"""Random streams that depend only on a seed and a name."""

import hashlib
import math
import random
from typing import Final

_NORMAL_FROM: Final = 30.0


def seeded_random(seed: int, *names: str) -> random.Random:
    """Return the random stream of these names.

    Streams of different names are independent, so one more attack or principal does not change the
    traffic of the others. It uses neither `hash` nor a clock.

    Examples
    --------
    >>> seeded_random(7, "a").random() == seeded_random(7, "a").random()
    True
    >>> seeded_random(7, "a").random() == seeded_random(7, "b").random()
    False
    """
    text = "\x1f".join((str(seed), *names))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - simulated traffic only


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a Poisson count: Knuth's product below a mean of 30, a rounded normal above.

    Examples
    --------
    >>> poisson(seeded_random(1, "count"), 0.0)
    0
    """
    if mean <= 0.0:
        return 0
    if mean > _NORMAL_FROM:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit = math.exp(-mean)
    count, product = 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def lognormal(rng: random.Random, median: float, sigma: float) -> float:
    """Draw from a lognormal distribution with this median.

    Examples
    --------
    >>> lognormal(seeded_random(1, "size"), 5.0, 0.0)
    5.0
    """
    return median * math.exp(sigma * rng.gauss(0.0, 1.0))
