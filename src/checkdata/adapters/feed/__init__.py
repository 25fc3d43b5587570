"""A feed folder in, and the rows that were refused out (feed.md)."""

from checkdata.adapters.feed.folder import FolderFeed
from checkdata.adapters.feed.rejected import RejectionReport, report_folder_beside

__all__ = ["FolderFeed", "RejectionReport", "report_folder_beside"]
