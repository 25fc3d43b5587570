"""A folder of CSV files and their manifest, in which nothing half-done ever looks whole."""

from checkdata.adapters.export_folder.folder import FolderExport

__all__ = ["FolderExport"]
