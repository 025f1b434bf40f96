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


class CustodyError(ScanError):
    """The custody file cannot be used, or something that has to be said is not."""


class SelfTestError(ScanError):
    """A known photo does not give its known answer: nothing that this machine says can count."""


class MinorStopError(ScanError):
    """Somebody shown may be under 18: nothing is shown until an authority lets it go on."""


class ReportKeyError(ScanError):
    """A key that reports are signed or checked with cannot be used."""


class ReviewError(ScanError):
    """A finding or an approval lacks something that it has to say."""


class SandboxError(ScanError):
    """Photos cannot be decoded apart from the scan, so they are not decoded at all."""


class ClusterError(ScanError):
    """The machines that were to scan cannot be reached, or the extra `cluster` is missing."""


class OutputError(ScanError):
    """The output folder cannot be written; what was there is as it was."""
