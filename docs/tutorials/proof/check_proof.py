"""Check that one event is in a log: only the standard library of Python, nothing of oreline.

Usage: python check_proof.py proof.json checkpoint.txt
The steps are those of RFC 9162, section 2.1.3.2.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).digest()


def root_of(event: bytes, number: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that the log must have if the event stands at this number in it."""
    node, last = sha256(b"\x00" + event), size - 1
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if number % 2 == 1 or number == last:
            node = sha256(b"\x01" + sibling + node)
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            node = sha256(b"\x01" + node + sibling)
        number, last = number // 2, last // 2
    if last:
        raise ValueError("the path is too short")
    return node


def main(proof_file: str, checkpoint_file: str) -> str:
    """Return the verdict."""
    told = json.loads(Path(proof_file).read_text(encoding="utf-8"))
    proof, event = told["proof"], base64.b64decode(told["event_bytes"])
    _, size, root = Path(checkpoint_file).read_text(encoding="utf-8").splitlines()[:3]
    path = [base64.b64decode(part) for part in proof["path"]]
    found = root_of(event, proof["seq"], proof["size"], path)
    if proof["size"] != int(size) or found != base64.b64decode(root):
        return "NOT in the log of this checkpoint"
    return f"in the log of this checkpoint: {event.decode()}"


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]) + "\n")
