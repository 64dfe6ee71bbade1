"""The files and canvases of a workspace."""

from collections.abc import Mapping
from typing import Any

from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import FakeSlackError, SlackCanvas, SlackFile
from bot.fake_slack.server.base import WorkspaceBase
from bot.fake_slack.server.change_feed import ChangeKind


class WorkspaceFiles(WorkspaceBase):
    """Uploaded files, files that are still being uploaded, and canvases."""

    def __init__(self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        super().__init__(clock, manifest)
        self.files: list[SlackFile] = []
        self.canvases: dict[str, SlackCanvas] = {}  # by canvas id
        self._pending_uploads: dict[str, SlackFile] = {}  # by file id

    def start_upload(self, name: str, user_id: str, alt_text: str = "") -> SlackFile:
        """Return a file that waits for its content and that nobody sees yet."""
        file_id = f"F{self.next_number()}"
        self._pending_uploads[file_id] = SlackFile(file_id, name, name, b"", user_id, alt_text=alt_text)
        return self._pending_uploads[file_id]

    def has_pending_upload(self, file_id: str) -> bool:
        return file_id in self._pending_uploads

    def receive_upload(self, file_id: str, content: bytes) -> None:
        self._pending_uploads[file_id].content = content

    def finish_upload(self, file_id: str, title: str = "", channel_id: str = "") -> SlackFile:
        """Make an uploaded file visible."""
        file = self._pending_uploads.pop(file_id)
        file.title, file.channel_id = title or file.name, channel_id
        self.files.append(file)
        return file

    def file_payload(self, file: SlackFile) -> dict[str, Any]:
        """Return a file as the Web API and payloads describe it."""
        download_url = f"{self.url}/files/{file.id}"
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2].lower(),
            "user": file.user_id,
            "size": len(file.content),
            "mode": "hosted",
            "url_private": download_url,
            "url_private_download": download_url,
        }

    def find_file(self, file_id: str) -> SlackFile:
        """Return a file; raise FakeSlackError where there is none."""
        for file in self.files:
            if file.id == file_id:
                return file
        raise FakeSlackError("file_not_found")

    def store_canvas(self, canvas: SlackCanvas) -> None:
        """Store a canvas, new or changed."""
        self.canvases[canvas.id] = canvas
        self.publish_change(ChangeKind.CANVAS, canvas.channel_id)

    def delete_canvas(self, canvas_id: str) -> None:
        self.publish_change(ChangeKind.CANVAS, self.canvases.pop(canvas_id).channel_id)

    def canvases_in_channel(self, channel_id: str) -> list[SlackCanvas]:
        """Return the canvases of a channel, the channel canvas first."""
        found = [canvas for canvas in self.canvases.values() if canvas.channel_id == channel_id]
        return sorted(found, key=lambda canvas: not canvas.is_channel_canvas)
