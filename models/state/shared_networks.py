"""Networks that nobody used before, and the principals that began to use them."""

from collections.abc import Iterable

import msgspec

from models.tuning.state import (
    SHARED_NETWORKS_HOMES_KEPT,
    SHARED_NETWORKS_KEPT,
    SHARED_NETWORKS_PRINCIPALS_KEPT,
    SHARED_NETWORKS_SECONDS,
)


class NetworkUser(msgspec.Struct, array_like=True, frozen=True):
    """A principal that began to use a network, and the networks that it used before."""

    name: str
    homes: tuple[int, ...]


class SharedNetwork(msgspec.Struct, array_like=True):
    """When a network was first used, by whom since, and how many of them were told."""

    since_seconds: float
    users: dict[str, NetworkUser] = {}
    told: int = 0

    def is_new(self, seconds: float) -> bool:
        """Whether it was first used within the last day."""
        return seconds - self.since_seconds <= SHARED_NETWORKS_SECONDS

    def unrelated(self) -> list[str]:
        """Return the names of users that share no other network, in the order they came.

        Applications of one maker move house together, and that is nobody's theft.
        """
        homes: set[int] = set()
        names = []
        for user in self.users.values():
            if homes.isdisjoint(user.homes):
                names.append(user.name)
            homes.update(user.homes)
        return names


class SharedNetworks(msgspec.Struct, array_like=True):
    """The networks of the last day that were new to all, in bounded memory.

    Examples
    --------
    >>> shared = SharedNetworks()
    >>> for name, home in (("app-1", 1), ("app-2", 2), ("app-3", 1)):
    ...     found = shared.note(7, ("A1", name), (home,), 0.0, is_new=True)
    >>> found.unrelated()
    ['app-1', 'app-2']
    """

    networks: dict[int, SharedNetwork] = {}

    def is_told(self, network: int, seconds: float) -> bool:
        """Whether a page told of a network that is still new."""
        found = self.networks.get(network)
        return found is not None and found.told > 0 and found.is_new(seconds)

    def note(
        self,
        network: int,
        key: tuple[str, str],
        homes: Iterable[int],
        seconds: float,
        *,
        is_new: bool,
    ) -> SharedNetwork | None:
        """Note that a principal uses a network; return it if that is news.

        `is_new` says that nobody used the network before. One that was new a day ago is not new.
        """
        found = self.networks.get(network)
        if found is not None and not found.is_new(seconds):
            return None
        if found is None:
            if not is_new:
                return None
            found = self.networks[network] = SharedNetwork(seconds)
            if len(self.networks) > SHARED_NETWORKS_KEPT:
                del self.networks[next(iter(self.networks))]
        name = f"{key[0]}\0{key[1]}"
        if name in found.users or len(found.users) >= SHARED_NETWORKS_PRINCIPALS_KEPT:
            return None
        kept = tuple(homes)[:SHARED_NETWORKS_HOMES_KEPT]
        found.users[name] = NetworkUser(key[1][:128], kept)
        return found
