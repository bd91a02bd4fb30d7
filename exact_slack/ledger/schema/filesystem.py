"""On what file system the ledger lies: SQLite's log needs shared memory, which network file systems
do not give (sqlite.org, "Write-Ahead Logging")."""

from pathlib import Path

from exact_slack.errors import ConfigError

_KERNEL = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "ncpfs")
_FUSE = ("sshfs", "glusterfs", "cephfs", "s3fs", "rclone", "gcsfuse")
_NETWORK = frozenset([*_KERNEL, *(f"fuse.{name}" for name in _FUSE)])
MOUNTS = Path("/proc/self/mountinfo")


def kind_of(folder: Path, mounts: str) -> str:
    """The type of the file system that holds a folder, by the text of Linux's mountinfo; ""
    where that does not tell."""
    best, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields, types = left.split(" "), right.split(" ")
        if len(fields) < 5 or not types[0]:
            continue
        place = fields[4].replace("\\040", " ")
        inside = str(folder) == place or str(folder).startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, kind = place, types[0]
    return kind


def refuse_network(folder: Path) -> None:
    """ConfigError where the folder lies on a network file system."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return  # not Linux: the user manual says so
    kind = kind_of(folder.resolve(), mounts)
    if kind in _NETWORK:
        raise ConfigError(
            f"{folder} lies on a network file system ({kind}); the ledger needs a local disk.",
            "Set `state` in the config to a folder on this machine.",
        )
