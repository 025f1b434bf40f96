"""How far containers are opened: a few bytes may claim to hold a whole disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """Beyond any of these a container is a row, `container_limit`."""

    depth: int = 3  # containers in containers
    members: int = 1_000_000  # of one container
    ratio: int = 100  # bytes that one compressed byte may hold, where there are many of them
    small_bytes: int = 64 << 20  # of which the ratio is not asked
    unpacked_bytes: int = 64 << 30  # of one container inside another, unpacked for reading

    def most(self, compressed_bytes: int) -> int:
        """Bytes that so many compressed ones may hold."""
        return max(self.small_bytes, self.ratio * compressed_bytes)


DEFAULT_LIMITS = ContainerLimits()
