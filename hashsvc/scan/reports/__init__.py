"""What a scan leaves for people and other programs; written whole, listed in a manifest."""

from hashsvc.scan.reports.exports import Include
from hashsvc.scan.reports.writing import EXPORTS, FILE_NAMES, ReportFormat, Thumbnails, Writer

__all__ = ["EXPORTS", "FILE_NAMES", "Include", "ReportFormat", "Thumbnails", "Writer"]
