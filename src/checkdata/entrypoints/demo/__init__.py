"""The demo: a made-up feed to look at the service with, and the organisations to look as."""

from checkdata.entrypoints.demo.feed import write_demo_feed

__all__ = ["write_demo_feed"]
