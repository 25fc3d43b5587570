"""A folder of CSV files and their manifest, in which an unfinished export never looks complete."""

from checkdata.adapters.export_folder.folder import FolderExport

__all__ = ["FolderExport"]
