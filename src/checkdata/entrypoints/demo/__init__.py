"""The demo: a made-up feed, and the organisations as which a visitor can look at the service."""

from checkdata.entrypoints.demo.feed import write_demo_feed

__all__ = ["write_demo_feed"]
