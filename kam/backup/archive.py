"""The file of a backup: a tar of the dump, the kept files and a manifest; sealed with age on wish.

Members: ``database.dump`` (pg_dump, custom format), ``files/…`` as they lie below ``FILES_DIR``,
``manifest.json`` last: what each member's digest is, and the sum of every table.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyrage

from .sums import Sum

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
FORMAT = 1
ENDING, SEALED_ENDING = ".kam-backup", ".kam-backup.age"
_LARGEST_MANIFEST = 256 * 2**20


class Damaged(RuntimeError):
    """The file is no whole backup, or the key is not its key; the text says which."""


@dataclass
class Manifest:
    """made: when, in UTC.  migrations: the last of each app.  members: name -> SHA-256.
    tables: name -> (rows, content), as the dump has them.  rights: name -> who may do what."""

    made: str
    product: str
    migrations: dict[str, str]
    members: dict[str, str]
    tables: dict[str, Sum]
    rights: dict[str, list[str]]
    format: int = FORMAT
    gone: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())

    @property
    def file_count(self) -> int:
        return sum(name.startswith(f"{FILES}/") for name in self.members)

    def text(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        try:
            told: dict[str, Any] = json.loads(text)
            if told["format"] != FORMAT:
                raise Damaged(f"it is of format {told['format']}, this version reads {FORMAT}")
            told["tables"] = {name: Sum(*each) for name, each in told["tables"].items()}
            return cls(**told)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Damaged("its manifest cannot be read") from error


class _Digesting(io.RawIOBase):
    """Reads through, and knows the digest of what went by."""

    def __init__(self, inner: IO[bytes]):
        self._inner, self.digest = inner, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._inner.read(size)
        self.digest.update(piece)
        return piece


def add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Put a file in; its SHA-256."""
    info = tarfile.TarInfo(name)
    with path.open("rb") as file:
        info.size, info.mtime, info.mode = os.fstat(file.fileno()).st_size, 0, 0o600
        digesting = _Digesting(file)
        tar.addfile(info, digesting)
    return digesting.digest.hexdigest()


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    text = manifest.text()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode = len(text), 0o600
    tar.addfile(info, io.BytesIO(text))


def seal(plain: Path, sealed: Path, recipient: str) -> None:
    """Encrypt for the holder of an age key.  Raises Damaged where that is no age recipient."""
    try:
        to = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError as error:
        raise Damaged("BACKUP_RECIPIENT is no age recipient (age1…)") from error
    with plain.open("rb") as reader, sealed.open("wb") as writer:
        pyrage.encrypt_io(reader, writer, [to])


def unseal(sealed: Path, plain: Path, identity: Path | None) -> None:
    """Raises Damaged where the key is missing or another, or the file is cut."""
    if identity is None:
        raise Damaged("it is encrypted: name the file of its key with --identity")
    try:
        lines = identity.read_text().splitlines()
        keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        known = [pyrage.x25519.Identity.from_str(key) for key in keys]
        with sealed.open("rb") as reader, plain.open("wb") as writer:
            pyrage.decrypt_io(reader, writer, known)
    except pyrage.IdentityError as error:
        raise Damaged("the file of the key holds no age key") from error
    except (pyrage.DecryptError, OSError, ValueError) as error:
        raise Damaged(f"it cannot be decrypted with this key, or is cut: {error}") from error


def unpack(path: Path, into: Path) -> Manifest:
    """Take a plain backup apart into a folder, each member held against its digest.

    Raises Damaged; what lies in the folder is then of no use.
    """
    digests: dict[str, str] = {}
    manifest = None
    try:
        with tarfile.open(path, "r:") as tar:
            for member in _members(tar):
                reader = tar.extractfile(member)
                if reader is None:
                    raise Damaged(f"{member.name} is no file")
                if member.name == MANIFEST:
                    manifest = Manifest.read(reader.read(_LARGEST_MANIFEST))
                else:
                    digests[member.name] = _written(reader, into / member.name)
    except (tarfile.TarError, EOFError) as error:
        raise Damaged("it is cut or no backup") from error
    if manifest is None:
        raise Damaged("it is cut: the manifest at its end is missing")
    if digests != manifest.members:
        odd = {name for name, _digest in digests.items() ^ manifest.members.items()}
        raise Damaged(f"altered or missing inside: {', '.join(sorted(odd)[:3])}")
    return manifest


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        parts = PurePosixPath(member.name).parts
        outside = not parts or member.name.startswith("/") or ".." in parts
        if not member.isfile() or outside or parts[0] not in (DUMP, MANIFEST, FILES):
            raise Damaged(f"it holds what no backup holds: {member.name[:80]}")
        yield member


def _written(reader: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while piece := reader.read(2**20):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
