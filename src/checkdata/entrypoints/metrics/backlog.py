"""What only the database knows, asked when it is scraped: mail that waits, and when jobs ran last."""

from collections.abc import Callable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from checkdata import __version__
from checkdata.domain.errors import StorageError
from checkdata.domain.services.operations.see_backlog import Backlog


class CollectedBacklog(Collector):
    """The backlog that *see* finds, whether the database answered, and which version of the service this is."""

    def __init__(self, see: Callable[[], Backlog], commit: str) -> None:
        self._see = see
        self._commit = commit

    def collect(self) -> Iterator[Metric]:
        """Ask, and tell; of a database that does not answer it tells only that."""
        build = GaugeMetricFamily("checkdata_build_info", "1, for this version.", labels=["version", "commit"])
        build.add_metric([__version__, self._commit], 1)
        yield build
        try:
            found = self._see()
        except StorageError:
            yield _database(0)
            return
        yield _database(1)
        runs = GaugeMetricFamily(
            "checkdata_last_run_timestamp_seconds", "When this work was last done.", labels=["work"]
        )
        for job, at in found.last_runs.items():
            runs.add_metric([job.value], at.timestamp())
        yield runs
        yield GaugeMetricFamily("checkdata_outbox_mails", "Mails that wait to be sent.", value=found.mails)
        yield GaugeMetricFamily(
            "checkdata_outbox_oldest_seconds",
            "How long the oldest of them has waited since it was queued; 0 where none waits.",
            value=found.oldest_mail.total_seconds(),
        )
        yield GaugeMetricFamily(
            "checkdata_outbox_overdue_seconds",
            "For how long a mail has been due that nothing sends; 0 where none is.",
            value=found.overdue.total_seconds(),
        )


def _database(up: int) -> Metric:
    return GaugeMetricFamily("checkdata_database_up", "1 where the database answered this scrape, else 0.", value=up)
