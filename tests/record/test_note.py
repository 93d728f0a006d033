"""Signed notes and checkpoints against published examples, and every malformed form."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError, LimitExceededError, VerificationError
from oreline.record import _keys as keys
from oreline.record import _merkle as merkle
from oreline.record import _note as note

# The example of the Go package that defined the format.
NEUMANN = keys.parse_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
NEUMANN_KEY = keys.parse_key(
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
)
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NEUMANN_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)
NEUMANN_NOTE = f"{NEUMANN_TEXT}\n{NEUMANN_LINE}".encode()

# The example of the C2SP specification.
FOO = keys.parse_verifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
FOO_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuw"
    "HjG1Yu72IneyaQM=\n"
).encode()

LOG = keys.LogKey("example.com/mine", bytes(range(32)))
WITNESS = keys.LogKey("example.com/witness", bytes(range(1, 33)))
STRANGER = keys.LogKey("example.com/stranger", bytes(range(2, 34)))
LOG_V, WITNESS_V, STRANGER_V = map(keys.verifier_of, (LOG, WITNESS, STRANGER))

LINES = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), max_size=20)
TEXTS = st.lists(LINES, min_size=1, max_size=6).map(lambda lines: "".join(f"{x}\n" for x in lines))


# --- notes ----------------------------------------------------------------------------------------


def test_published_notes():
    opened = note.open_note(NEUMANN_NOTE, [NEUMANN])
    assert opened.text == NEUMANN_TEXT
    assert [signature.name for signature in opened.verified] == ["PeterNeumann"]
    assert opened.unverified == ()
    assert note.sign_note(NEUMANN_TEXT, NEUMANN_KEY) == NEUMANN_NOTE
    assert note.open_note(FOO_NOTE, [FOO]).text == "This is an example message.\n"


@given(TEXTS)
def test_what_is_signed_opens(text):
    data = note.sign_note(text, LOG, WITNESS)
    opened = note.open_note(data, [STRANGER_V, WITNESS_V])
    assert opened.text == text
    assert [signature.name for signature in opened.verified] == [WITNESS.name]
    assert [signature.name for signature in opened.unverified] == [LOG.name]


@given(st.data())
def test_a_flipped_bit_never_opens_as_another_text(data):
    original = note.sign_note("example\n\ntext é\n", LOG)
    changed = bytearray(original)
    place = data.draw(st.integers(0, len(original) - 1))
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(VerificationError):
        note.open_note(bytes(changed), [LOG_V])


def test_unknown_keys_are_ignored_and_known_ones_must_hold():
    data = note.sign_note("text\n", LOG, WITNESS)
    with pytest.raises(VerificationError, match="no known key"):
        note.open_note(data, [STRANGER_V])
    with pytest.raises(VerificationError, match="no known key"):
        note.open_note(data, [])
    same_name = keys.verifier_of(keys.LogKey(LOG.name, bytes(32)))
    with pytest.raises(VerificationError, match="no known key"):
        note.open_note(data, [same_name])
    other = note.sign_note("other\n", WITNESS).partition(b"\n\n")[2]
    mixed = note.sign_note("text\n", LOG) + other
    assert note.open_note(mixed, [LOG_V]).unverified[0].name == WITNESS.name
    with pytest.raises(VerificationError, match="witness' does not hold"):
        note.open_note(mixed, [LOG_V, WITNESS_V])


def test_a_known_key_signs_once():
    original = note.sign_note("text\n", LOG)
    line = original.partition(b"\n\n")[2]
    with pytest.raises(VerificationError, match="stands twice"):
        note.open_note(original + line, [LOG_V])
    padded = b"".join([b"\xe2\x80\x94 example.com/mine ", base64.b64encode(LOG_V.key_id + b"x")])
    with pytest.raises(VerificationError, match="signs the note twice"):
        note.open_note(original + padded + b"\n", [LOG_V])


LINE = NEUMANN_LINE
MALFORMED = {
    "empty": "",
    "only a text": NEUMANN_TEXT,
    "no empty line": NEUMANN_TEXT + LINE,
    "no signature": NEUMANN_TEXT + "\n",
    "empty signature line": NEUMANN_TEXT + "\n\n",
    "no final newline": NEUMANN_TEXT + "\n" + LINE[:-1],
    "carriage return": NEUMANN_TEXT.replace("\n", "\r\n") + "\n" + LINE,
    "tab": "\t" + NEUMANN_TEXT + "\n" + LINE,
    "nul": "\0" + NEUMANN_TEXT + "\n" + LINE,
    "hyphen for the dash": NEUMANN_TEXT + "\n" + LINE.replace("—", "-"),
    "no dash": NEUMANN_TEXT + "\n" + LINE[2:],
    "two spaces": NEUMANN_TEXT + "\n" + LINE.replace("n x", "n  x"),
    "trailing space": NEUMANN_TEXT + "\n" + LINE[:-1] + " \n",
    "no name": NEUMANN_TEXT + "\n" + LINE.replace("PeterNeumann", ""),
    "plus in the name": NEUMANN_TEXT + "\n" + LINE + LINE.replace("Peter", "Peter+"),
    "only a name": NEUMANN_TEXT + "\n" + LINE + "— name\n",
    "not base64": NEUMANN_TEXT + "\n" + LINE + "— name !!!!\n",
    "url base64": NEUMANN_TEXT + "\n" + LINE.replace("/", "_"),
    "no padding": NEUMANN_TEXT + "\n" + LINE.replace("=\n", "\n"),
    "stray bits": NEUMANN_TEXT + "\n" + LINE.replace("AM=\n", "AN=\n"),
    "only a key id": NEUMANN_TEXT + "\n" + LINE + "— name AAAAAA==\n",
    "text after the signatures": NEUMANN_TEXT + "\n" + LINE + "more\n",
    "empty line after the signatures": NEUMANN_TEXT + "\n" + LINE + "\n",
    "a second text": NEUMANN_TEXT + "\n" + LINE + "\nmore\n",
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_notes(case):
    with pytest.raises(VerificationError):
        note.open_note(MALFORMED[case].encode(), [NEUMANN])


def test_notes_are_utf8():
    with pytest.raises(VerificationError, match="UTF-8"):
        note.open_note(b"\xff" + NEUMANN_NOTE, [NEUMANN])


def test_limits_of_a_note():
    room = note.NOTE_BYTES_MAX - len(note.sign_note("\n", LOG))
    longest = note.sign_note("x" * room + "\n", LOG)
    assert len(longest) == note.NOTE_BYTES_MAX
    assert note.open_note(longest, [LOG_V])
    with pytest.raises(LimitExceededError, match="NOTE_BYTES_MAX"):
        note.open_note(note.sign_note("x" * room + "x\n", LOG), [LOG_V])
    others = [f"— n{number} AAAAAAA=\n".encode() for number in range(note.NOTE_SIGNATURES_MAX)]
    most = note.sign_note("text\n", LOG) + b"".join(others[1:])
    assert len(note.open_note(most, [LOG_V]).unverified) == note.NOTE_SIGNATURES_MAX - 1
    with pytest.raises(LimitExceededError, match="NOTE_SIGNATURES_MAX"):
        note.open_note(most + others[0], [LOG_V])


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\r\n", "\x00\n", "\ud800\n"])
def test_texts_that_cannot_be_signed(text):
    with pytest.raises(InputError):
        note.sign_note(text, LOG)


def test_keys_of_a_note():
    with pytest.raises(InputError, match="one or more keys"):
        note.sign_note("text\n")
    with pytest.raises(InputError, match="once"):
        note.sign_note("text\n", LOG, LOG)


def test_verifiers_that_cannot_be_told_apart(monkeypatch):
    # A collision of four bytes cannot be found quickly, so the id is fixed here.
    monkeypatch.setattr(keys.Verifier, "key_id", property(lambda _: b"same"))
    with pytest.raises(InputError, match="share the name"):
        note.open_note(
            NEUMANN_NOTE, [keys.Verifier("a", bytes(32)), keys.Verifier("a", bytes(31) + b"1")]
        )


# --- checkpoints ----------------------------------------------------------------------------------

ROOT = merkle.leaf_hash(b"root")
CHECKPOINTS = st.builds(
    note.Checkpoint,
    LINES.filter(bool),
    st.integers(1, note.TREE_SIZE_MAX),
    st.binary(min_size=32, max_size=32),
    st.lists(LINES.filter(bool), max_size=3).map(tuple),
)


def test_published_checkpoint_text():
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = note.parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")
    assert checkpoint.extensions == ()
    assert note.encode_checkpoint(checkpoint) == text


@given(CHECKPOINTS)
def test_checkpoints_round_trip(checkpoint):
    text = note.encode_checkpoint(checkpoint)
    assert note.parse_checkpoint(text) == checkpoint
    opened = note.open_note(note.sign_note(text, LOG), [LOG_V])
    assert note.parse_checkpoint(opened.text) == checkpoint


HASH = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a\n1\n", f"a\n1\n{HASH}", f"\n1\n{HASH}\n", f"a\n01\n{HASH}\n",
        f"a\n-1\n{HASH}\n",
        f"a\n+1\n{HASH}\n", f"a\n1 \n{HASH}\n", f"a\n１\n{HASH}\n", f"a\n\n{HASH}\n",
        f"a\n1e3\n{HASH}\n", f"a\n{2**63}\n{HASH}\n", f"a\n{10**30}\n{HASH}\n", f"a\n0\n{HASH}\n",
        f"a\n1\n{HASH[:-1]}\n", f"a\n1\n{HASH}=\n", "a\n1\nAAAA\n", f"a\n1\n {HASH}\n",
        f"a\n1\n{HASH}\n\n", f"a\n1\n{HASH}\n\nb\n", f"a\r\n1\n{HASH}\n", f"a\n1\n{HASH}\nb\tc\n",
    ],
)  # fmt: skip
def test_malformed_checkpoints(text):
    with pytest.raises(VerificationError):
        note.parse_checkpoint(text)


def test_sizes_at_the_limits():
    largest = note.Checkpoint("a", note.TREE_SIZE_MAX, ROOT)
    assert note.parse_checkpoint(note.encode_checkpoint(largest)) == largest
    assert note.Checkpoint("a", 0, merkle.EMPTY_ROOT)
    for size, root in ((0, ROOT), (-1, ROOT), (note.TREE_SIZE_MAX + 1, ROOT), (1, ROOT[:31])):
        with pytest.raises(InputError):
            note.Checkpoint("a", size, root)
    for origin in ("", "a\nb", "a\tb"):
        with pytest.raises(InputError):
            note.Checkpoint(origin, 1, ROOT)
        with pytest.raises(InputError):
            note.Checkpoint("a", 1, ROOT, (origin,))


def test_a_checkpoint_is_opened_for_one_log():
    text = note.encode_checkpoint(note.Checkpoint(LOG.name, 7, ROOT))
    signed = note.sign_note(text, LOG, WITNESS)
    assert note.open_checkpoint(signed, LOG_V).size == 7
    assert note.open_checkpoint(signed, LOG_V, [WITNESS_V, STRANGER_V]).root == ROOT
    only_witness = note.sign_note(text, WITNESS)
    with pytest.raises(VerificationError, match="has not signed"):
        note.open_checkpoint(only_witness, LOG_V, [WITNESS_V])
    with pytest.raises(VerificationError, match="is about"):
        note.open_checkpoint(signed, WITNESS_V)
    with pytest.raises(VerificationError, match="at least three lines"):
        note.open_checkpoint(note.sign_note("text\n", LOG), LOG_V)
