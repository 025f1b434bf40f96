"""What stops a scan. A file that cannot be read stops nothing: it is a row of the report."""

from hashsvc.errors import HashsvcError


class ScanError(HashsvcError):
    """A scan cannot go on; what it has done so far is kept."""


class EvidenceRefusedError(ScanError):
    """A source is missing, of no kind that is read here, or the output lies inside it."""


class JournalRefusedError(ScanError):
    """The output folder belongs to another scan, is in use, or is damaged."""


class IntegrityError(ScanError):
    """A source changed since the scan began, or the totals do not add up."""
