"""Which partition a principal belongs to."""

from zlib import crc32


def partition_of(tenant: str, principal: str, partitions: int) -> int:
    """Return the partition, the same in every process and release.

    CRC-32 of tenant, a zero byte and principal, modulo the number of partitions: fast, stable,
    and even enough, because nobody picks ids to collide.

    Examples
    --------
    >>> partition_of("A1", "app-1", 4)
    0
    """
    return crc32(f"{tenant}\0{principal}".encode("utf-8", "surrogatepass")) % partitions
