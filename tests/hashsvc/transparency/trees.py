"""Trees and proofs word for word as RFC 6962 defines them: slow, recursive, over whole lists."""

import hashlib


def digests(count, *, seed=0):
    """So many rows' digests, all different."""
    return [hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range(count)]


def tree_hash(rows):
    """MTH(D[n]), section 2.1."""
    if not rows:
        return hashlib.sha256(b"").digest()
    if len(rows) == 1:
        return hashlib.sha256(b"\x00" + rows[0]).digest()
    k = _split(len(rows))
    return hashlib.sha256(b"\x01" + tree_hash(rows[:k]) + tree_hash(rows[k:])).digest()


def path(m, rows):
    """PATH(m, D[n]), section 2.1.1."""
    if len(rows) == 1:
        return []
    k = _split(len(rows))
    if m < k:
        return [*path(m, rows[:k]), tree_hash(rows[k:])]
    return [*path(m - k, rows[k:]), tree_hash(rows[:k])]


def proof(m, rows):
    """PROOF(m, D[n]), section 2.1.2."""
    return _subproof(m, rows, whole=True)


def _subproof(m, rows, *, whole):
    if m == len(rows):
        return [] if whole else [tree_hash(rows)]
    k = _split(len(rows))
    if m <= k:
        return [*_subproof(m, rows[:k], whole=whole), tree_hash(rows[k:])]
    return [*_subproof(m - k, rows[k:], whole=False), tree_hash(rows[:k])]


def _split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k
