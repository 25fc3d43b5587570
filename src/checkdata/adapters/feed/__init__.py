"""A feed folder or the register of schools in, and the rows that were refused out (feed.md)."""

from checkdata.adapters.feed.folder import FolderFeed
from checkdata.adapters.feed.register_files import GiasFiles
from checkdata.adapters.feed.rejected import RejectionReport, report_folder_beside

__all__ = ["FolderFeed", "GiasFiles", "RejectionReport", "report_folder_beside"]
