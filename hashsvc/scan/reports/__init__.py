"""What a scan leaves for people and other programs; written whole, listed in a manifest."""

from hashsvc.scan.reports.writing import FILE_NAMES, ReportFormat, Writer

__all__ = ["FILE_NAMES", "ReportFormat", "Writer"]
