"""Composes the reading of feeds; loaded only by imports, because a worker that answers pages does not need it."""

from pathlib import Path

from checkdata.adapters.feed import FolderFeed, GiasFiles, RejectionReport, report_folder_beside
from checkdata.domain.ports import Feed, Rejections


def feed_in(folder: Path, rejections: Rejections) -> Feed:
    """The feed in a folder; `FeedRefused` where there is none."""
    return FolderFeed(folder, rejections)


def register_in(schools: Path, links: Path | None, rejections: Rejections) -> GiasFiles:
    """The register of schools in these files."""
    return GiasFiles(schools, links, rejections)


def report_on(feed: Path, folder: Path | None) -> RejectionReport:
    """The report of refused rows of a feed, in a folder beside the feed unless set; it is written while entered."""
    return RejectionReport(folder or report_folder_beside(feed))
