"""The ports that another team's adapters conform to, with what their methods take and raise.

`checkdata.testing` holds an adapter to the contract of its port.
"""

from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import Message
from checkdata.domain.ports import Clock, Mailer, Tokens

__all__ = ["Clock", "DeliveryFailed", "DeliveryRefused", "Mailer", "Message", "Tokens"]
