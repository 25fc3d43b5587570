"""What reading feeds is composed of; loaded by those who import one, for a worker that answers pages need not."""

from pathlib import Path

from checkdata.adapters.feed import FolderFeed, RejectionReport, report_folder_beside
from checkdata.domain.ports import Feed, Rejections


def feed_in(folder: Path, rejections: Rejections) -> Feed:
    """The feed in a folder; `FeedRefused` where there is none."""
    return FolderFeed(folder, rejections)


def report_on(feed: Path, folder: Path | None) -> RejectionReport:
    """The report of what is refused of a feed, in a folder beside the feed unless told; it is written while entered."""
    return RejectionReport(folder or report_folder_beside(feed))
