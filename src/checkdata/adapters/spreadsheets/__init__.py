"""Users' spreadsheets in, workbooks out, and names that are close: needs ``checkdata[excel]``."""

from checkdata.adapters.spreadsheets.close_names import close_names
from checkdata.adapters.spreadsheets.uploaded_lists import read_list
from checkdata.adapters.spreadsheets.workbook_writer import workbook

__all__ = ["close_names", "read_list", "workbook"]
