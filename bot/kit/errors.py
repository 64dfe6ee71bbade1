"""One family of errors whose message is what the user reads."""

from slack_sdk.models.blocks import ButtonElement

from bot.kit.blocks import Message, actions, message, section


class Refusal(Exception):
    """Something cannot be done. The message says what, why and what to do, in one sentence of mrkdwn."""

    def __init__(self, says: str, *buttons: ButtonElement) -> None:
        super().__init__(says)
        self.says = says
        self.buttons = buttons

    def reply(self) -> Message:
        return message(self.says, section(self.says), actions(*self.buttons))
