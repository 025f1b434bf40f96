"""What a scan leaves for people and other programs; written whole, listed in a manifest."""

from hashsvc.scan.reports.writing import ReportFormat, write_report

__all__ = ["ReportFormat", "write_report"]
