"""The files that were uploaded, and where they are shared."""

from __future__ import annotations

import time

from exact_slack.sandbox.slack.store.model import File, Share
from exact_slack.sandbox.slack.store.workspace import Workspace


class Files(Workspace):
    """An upload is there for others once it is completed."""

    def add_file(self, name: str, length: int, title: str = "") -> File:
        """Reserve an upload."""
        with self.lock:
            number = self._number()
            file_id = f"F0HOLL{number:05d}"
            file = File(file_id, name, length, f"up{number:08d}", title, created=int(self._clock()))
            self._contents.files[file_id] = file
            return file

    def file(self, file_id: str) -> File | None:
        """Return a file by id."""
        return self._contents.files.get(file_id)

    def file_by_upload_key(self, key: str) -> File | None:
        """Return the file whose upload address ends in this key."""
        return next((f for f in self._contents.files.values() if f.upload_key == key), None)

    def share(self, file: File, channel: str, ts: str, thread_ts: str | None) -> None:
        """Note where a file was shared."""
        visible = time.monotonic() + self.file_share_delay
        with self.lock:
            file.shares.append(Share(channel, ts, thread_ts, visible))
