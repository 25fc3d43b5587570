"""Composes what the service measures of itself; where no setting asks for it, nothing is loaded or measured."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from checkdata.adapters.sql import SqlStorage, tell_pool
from checkdata.domain.services.operations.see_backlog import SeeBacklog
from checkdata.entrypoints.composition.database import DatabaseComposition
from checkdata.entrypoints.composition.use_cases import UseCases
from checkdata.entrypoints.metrics.measures import Measures
from checkdata.entrypoints.settings import watched
from checkdata.entrypoints.settings.setting import WrongSetting

if TYPE_CHECKING:
    from checkdata.entrypoints.metrics.prometheus import PrometheusMeasures

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def measures_of(composed: UseCases) -> "PrometheusMeasures | None":
    """The measures of one process, if its settings ask for them; `WrongSetting` where the extra is not installed."""
    settings = composed.settings
    if settings.metrics_token is None and settings.metrics_address is None:
        return None
    try:
        from checkdata.entrypoints.metrics.backlog import CollectedBacklog  # noqa: PLC0415 - an extra of its own
        from checkdata.entrypoints.metrics.prometheus import PrometheusMeasures  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        asks = watched.METRICS_ADDRESS if settings.metrics_token is None else watched.METRICS_TOKEN
        raise WrongSetting(asks.name, "needs: pip install 'checkdata[metrics]'") from None
    backlog = SeeBacklog(storage=composed.probed_storage, clock=composed.clock)
    measures = PrometheusMeasures(CollectedBacklog(backlog.look, settings.commit))
    if isinstance(composed, DatabaseComposition):
        tell_pool(composed.engine, measures.pool)
    elif isinstance(composed.storage, SqlStorage):
        tell_pool(composed.storage.engine, measures.pool)
    return measures


@contextmanager
def measured(composed: UseCases, workers: int) -> Iterator[Measures | None]:
    """The same for the process that serves, which has *workers* beside it; it also listens at the port for scrapes."""
    settings = composed.settings
    with ExitStack() as ending:
        if workers > 1 and (settings.metrics_token or settings.metrics_address):
            ending.enter_context(_folder_of_workers())
        measures = measures_of(composed)
        if measures is not None and (address := settings.metrics_address) is not None:
            try:
                ending.enter_context(measures.served_at(address.host, address.port))
            except OSError as error:
                why = (error.strerror or "it is no address of this machine").lower()
                raise WrongSetting(watched.METRICS_ADDRESS.name, f"can't be used: {why}") from None
        yield measures


@contextmanager
def _folder_of_workers() -> Iterator[None]:
    """A folder for the numbers of all workers, which find it in the environment."""
    with TemporaryDirectory(prefix="checkdata-metrics-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]
