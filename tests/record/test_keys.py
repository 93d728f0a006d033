"""Keys: their text forms against published ones, and their files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError, LimitExceededError
from oreline.record import _keys as keys

# The example pair of the Go package that defined these forms.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

SEEDS = st.binary(min_size=32, max_size=32)
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Z", "C"], exclude_characters="+"), min_size=1
)


def fixed_bytes(count):
    return bytes(range(count))


def test_published_pair():
    verifier = keys.parse_verifier(NEUMANN)
    assert (verifier.name, verifier.key_id.hex()) == ("PeterNeumann", "c74f20a3")
    assert str(verifier) == NEUMANN
    key = keys.parse_key(NEUMANN_PRIVATE)
    assert keys.verifier_of(key) == verifier
    assert keys.encode_key(key) == NEUMANN_PRIVATE


def test_rfc_8032_signature():
    # Section 7.1, test 2.
    seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    expected = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    key = keys.LogKey("rfc8032", bytes.fromhex(seed))
    assert keys.sign(key, b"\x72").hex() == expected
    assert keys.is_signed_by(keys.verifier_of(key), b"\x72", bytes.fromhex(expected))


@given(NAMES, SEEDS, st.binary(max_size=50), st.data())
def test_text_forms_round_trip_and_signatures_hold(name, seed, message, data):
    key = keys.LogKey(name, seed)
    verifier = keys.verifier_of(key)
    assert keys.parse_key(keys.encode_key(key)) == key
    assert keys.parse_verifier(str(verifier)) == verifier
    signature = bytearray(keys.sign(key, message))
    assert keys.is_signed_by(verifier, message, bytes(signature))
    assert not keys.is_signed_by(verifier, message + b"x", bytes(signature))
    signature[data.draw(st.integers(0, 63))] ^= 1 << data.draw(st.integers(0, 7))
    assert not keys.is_signed_by(verifier, message, bytes(signature))


def test_generation_takes_its_randomness():
    key = keys.generate_key("example.com/mine", fixed_bytes)
    assert key == keys.LogKey("example.com/mine", fixed_bytes(32))
    assert keys.generate_key("a") != keys.generate_key("a")
    with pytest.raises(InputError, match="16 bytes"):
        keys.generate_key("a", lambda _: bytes(16))


def test_a_private_key_never_shows_its_seed():
    key = keys.parse_key(NEUMANN_PRIVATE)
    assert repr(key) == "LogKey(name='PeterNeumann')"
    with pytest.raises(InputError) as caught:
        keys.parse_key(NEUMANN_PRIVATE[:-1])
    assert "AYEK" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a\u00a0b", "a\u2003b", "a+b", "a\nb", "a\x00", "a\x1f", "\ud800", "x" * 256],
)
def test_refused_names(name):
    with pytest.raises(InputError):
        keys.LogKey(name, bytes(32))
    with pytest.raises(InputError):
        keys.Verifier(name, bytes(32))


def test_longest_name():
    assert keys.LogKey("x" * keys.KEY_NAME_CHARACTERS_MAX, bytes(32))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        ("PeterNeumann+c74f20a3", "form"),
        (NEUMANN.replace("c74f20a3", "c74f20a4"), "the hash"),
        (NEUMANN.replace("c74f20a3", "C74F20A3"), "the hash"),
        (NEUMANN.replace("Peter", "Petra"), "the hash"),
        (NEUMANN + "\n", "base64"),
        (" " + NEUMANN, "holds ' '"),
        (NEUMANN[:-4], "Ed25519"),
        (NEUMANN.replace("+ARpc", "+AhPc"), "Ed25519"),
        (NEUMANN.replace("+ARpc", "+-Rpc"), "base64"),
        (NEUMANN_PRIVATE, "not a verifier key"),
    ],
)
def test_refused_verifier_keys(text, reason):
    with pytest.raises(InputError, match=reason):
        keys.parse_verifier(text)


def test_private_key_with_the_hash_of_another_is_refused():
    with pytest.raises(InputError, match="the hash"):
        keys.parse_key(NEUMANN_PRIVATE.replace("c74f20a3", "00000000"))
    with pytest.raises(InputError, match=r"PRIVATE\+KEY"):
        keys.parse_key(NEUMANN)


@pytest.mark.parametrize("text", ["AA", "AA=", "AB==", "A A=", "AA==\n", "AA==AA==", "-_==", "é"])
def test_base64_has_one_spelling(text):
    with pytest.raises(InputError):
        keys.decode_base64(text)
    assert keys.decode_base64("AA==") == b"\0"


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def key():
    return keys.generate_key("example.com/mine", fixed_bytes)


def test_saved_key_is_private_and_loads(tmp_path, key):
    path = tmp_path / "home" / "keys" / "mine.key"
    before = os.umask(0)
    try:
        keys.save_key(key, path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text() == keys.encode_key(key) + "\n"
    assert keys.load_key(path) == key
    assert [entry.name for entry in path.parent.iterdir()] == ["mine.key"]


def test_a_key_is_never_overwritten(tmp_path, key):
    path = tmp_path / "mine.key"
    keys.save_key(key, path)
    with pytest.raises(InputError, match="never overwritten"):
        keys.save_key(keys.generate_key("other"), path)
    assert keys.load_key(path) == key
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.key"]
    dangling = tmp_path / "link.key"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="never overwritten"):
        keys.save_key(key, dangling)


def test_a_key_is_not_written_into_a_chain_folder(tmp_path, key):
    (tmp_path / "chain.toml").touch()
    with pytest.raises(InputError, match="chain folder"):
        keys.save_key(key, tmp_path / "keys" / "mine.key")
    assert [entry.name for entry in tmp_path.iterdir()] == ["chain.toml"]


def test_a_folder_that_is_a_file_is_refused(tmp_path, key):
    (tmp_path / "keys").touch()
    with pytest.raises(InputError, match="cannot write the key file"):
        keys.save_key(key, tmp_path / "keys" / "mine.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_can_reach_is_refused(tmp_path, key, mode):
    path = tmp_path / "mine.key"
    keys.save_key(key, path)
    path.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        keys.load_key(path)


def test_files_that_hold_no_key_are_refused(tmp_path):
    path = tmp_path / "mine.key"
    with pytest.raises(InputError, match="cannot read"):
        keys.load_key(path)
    path.touch(mode=0o600)
    with pytest.raises(InputError, match="does not hold a private key"):
        keys.load_key(path)
    path.write_bytes(b"\xff")
    with pytest.raises(InputError, match="UTF-8"):
        keys.load_key(path)
    path.write_bytes(b"x" * keys.KEY_FILE_BYTES_MAX)
    with pytest.raises(InputError, match="does not hold a private key"):
        keys.load_key(path)
    path.write_bytes(b"x" * (keys.KEY_FILE_BYTES_MAX + 1))
    with pytest.raises(LimitExceededError, match="KEY_FILE_BYTES_MAX"):
        keys.load_key(path)


def test_default_folder():
    home = Path.home()
    folder = keys.default_key_folder
    assert folder({}) == home / ".local/share/oreline/keys"
    assert folder({"XDG_DATA_HOME": "/data"}) == Path("/data/oreline/keys")
    assert folder({"XDG_DATA_HOME": "data"}) == home / ".local/share/oreline/keys"
    assert folder({"ORELINE_HOME": "/ore", "XDG_DATA_HOME": "/data"}) == Path("/ore/keys")
