"""Carry a database to where no network leads: one file, compressed and signed with an Ed25519 key, verified before it is used."""

from __future__ import annotations

import base64
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from garrison import codec
from garrison.errors import OperatorError
from garrison.scan.vulnerabilities import schema
from garrison.scan.vulnerabilities.building import alone, swap

_FORM = "garrison vulnerability database 1"
_MOST_HEADER_BYTES = 4096
MOST_BYTES = 16 * 1024**3
_CHUNK = 1 << 20


class Header(msgspec.Struct, forbid_unknown_fields=True):
    """What is signed: the content by its hash."""

    form: str
    schema: int
    built_at: str
    mark: str
    size_bytes: int
    sha256: str


def new_key(path: Path) -> Path:
    """Make a key that signs snapshots, and the public one beside it; gives the public one's path. Overwrites nothing."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    beside = path.with_name(path.name + ".pub")
    for each, content, mode in ((path, private, 0o600), (beside, public, 0o644)):
        with os.fdopen(os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as file:
            file.write(content)
    return beside


def export(path: Path, to: Path, pem: str) -> Header:
    """Write the database at a path as a snapshot signed by a private key; overwrites nothing, raises `OperatorError`."""
    key = _signing_key(pem)
    try:
        source, target = path.open("rb"), to.open("xb")
    except FileExistsError:
        raise OperatorError(f"{to} is already there.", "Name another file.") from None
    except OSError as error:
        raise OperatorError(f"The snapshot cannot be written: {error}.", "Build a database, name a file.") from None
    with source, target:
        # What is open stays as it is, also when a newer one takes its place meanwhile.
        with closing(schema.opened(path)) as db:
            notes = dict(db.execute("SELECT key, value FROM meta"))
        hashed = hashlib.file_digest(source, "sha256").hexdigest()
        size = os.fstat(source.fileno()).st_size
        mark = f"{notes['lineage']}:{notes['build']}"
        header = Header(_FORM, schema.VERSION, notes["built_at"], mark, size, hashed)
        line = codec.encode(header)
        target.write(line + b"\n" + base64.b64encode(key.sign(line)) + b"\n")
        source.seek(0)
        packer = zlib.compressobj(6)
        while data := source.read(_CHUNK):
            target.write(packer.compress(data))
        target.write(packer.flush())
    return header


def bring_in(snapshot: Path, path: Path, public_key_file: Path, *, may_be_older: bool = False) -> Header:
    """Put a snapshot in the place of the database, once its signature, hash and form are verified; raises `OperatorError`."""
    public = _public_key(public_key_file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(path):
        try:
            with snapshot.open("rb") as file:
                header = _verified_header(file, public)
                _refuse_older(header, path, may_be_older=may_be_older)
                brought = path.with_name(path.name + ".brought")
                _unpack(file, brought, header)
        except OSError as error:
            raise OperatorError(f"{snapshot} cannot be read: {error}.", "Bring it again.") from None
        try:
            _check(brought)
            swap(brought, path)
        finally:
            brought.unlink(missing_ok=True)
    return header


def _verified_header(file: BinaryIO, public: Ed25519PublicKey) -> Header:
    line = file.readline(_MOST_HEADER_BYTES).rstrip(b"\n")
    signature = file.readline(_MOST_HEADER_BYTES).rstrip(b"\n")
    try:
        public.verify(base64.b64decode(signature, validate=True), line)
        header = msgspec.json.decode(line, type=Header)
    except (InvalidSignature, ValueError, msgspec.DecodeError):
        raise OperatorError(
            "The snapshot is not signed by that key.", "Bring it again, or name the key of who exported it."
        ) from None
    if (header.form, header.schema) != (_FORM, schema.VERSION) or header.size_bytes > MOST_BYTES:
        raise OperatorError("The snapshot is of another version of Garrison.", "Export it with the same version.")
    return header


def _refuse_older(header: Header, path: Path, *, may_be_older: bool) -> None:
    if may_be_older or not path.exists() or not schema.is_current(path):
        return
    with closing(schema.opened(path)) as db:
        (built_at,) = db.execute("SELECT value FROM meta WHERE key = 'built_at'").fetchone()
    if header.built_at < built_at:
        raise OperatorError(
            f"The snapshot is of {header.built_at}, the database of {built_at}.",
            "With --older it goes back all the same.",
        )


def _unpack(file: BinaryIO, brought: Path, header: Header) -> None:
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(os.open(brought, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as target:
        for data in _unpacked(file):
            size += len(data)
            if size > header.size_bytes:
                break
            hashed.update(data)
            target.write(data)
    if size != header.size_bytes or hashed.hexdigest() != header.sha256:
        brought.unlink()
        raise OperatorError("The snapshot is not what was signed.", "Bring it again: it was damaged or changed.")


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    try:
        while data := unpacker.unconsumed_tail or file.read(_CHUNK):
            yield unpacker.decompress(data, _CHUNK)
        yield unpacker.flush()
    except zlib.error:
        return


def _check(brought: Path) -> None:
    try:
        with closing(schema.opened(brought)) as db:
            is_whole = db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        is_whole = False
    if not is_whole or not schema.is_current(brought):
        raise OperatorError("The snapshot holds no database of this version.", "Export it with the same version.")


def _signing_key(pem: str) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise OperatorError("The key is no Ed25519 key without a passphrase.", "Make one with --make-key.")
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise OperatorError(
            f"{path} is no public Ed25519 key.", "Name the .pub file that came with the exporter's key."
        )
    return key
