"""The value map bot: a product team works out its value proposition in its Slack channel."""

__version__ = "0.1.0"
