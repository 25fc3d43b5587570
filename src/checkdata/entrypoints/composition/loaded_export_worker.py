"""A worker of an export with the driver of its database, loaded once for all the workers that are forked from here."""

from checkdata.entrypoints.composition.export_worker import load_driver

load_driver()
