"""``watch.toml``: read whole, or refused with all that is wrong, each at its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from oreline.model import LimitExceededError
from oreline.watch import WatchSettings, read_settings, settings_of

WHOLE = b"""
[reports]
folders = ["evidence", "inbox"]

[[alert]]
id = "fwo"
on = "claim"
party = "FWO"

[[alert]]
id = "sb"
on = "price"
series = "sb-ingot"
change_pct = 2.5

[digest]
host = "mail.example.org"
sender = "a@example.org"
recipients = ["b@example.org"]

[extractor]
url = "http://127.0.0.1:9/v1"
model = "reader-1"

[[series]]
id = "sb-ingot"
file = "prices/sb.csv"
"""


def test_a_whole_file_is_read_and_market_sections_are_handed_on_as_written() -> None:
    settings, findings = read_settings(WHOLE)
    assert findings == ()
    assert settings is not None
    assert settings.folders == ("evidence", "inbox")
    assert [one.id for one in settings.alerts] == ["fwo", "sb"]
    assert settings.alerts[1].change_pct == Decimal("2.5")
    assert settings.digest is not None
    assert settings.digest.encryption == "starttls"
    assert settings.extractor is not None
    assert settings.market["series"] == [{"id": "sb-ingot", "file": "prices/sb.csv"}]
    assert settings.located.where(("series", 0, "file"), "watch.toml") == "watch.toml:27"


def test_everything_that_is_wrong_is_told_at_its_line() -> None:
    text = b"""[[alert]]
id = "a"
on = "claim"
colour = "red"
[digest]
host = "mail.example.org"
sender = "nobody"
recipients = []
password = "s"
[extracter]
url = "x"
"""
    settings, findings = read_settings(text)
    assert settings is None
    assert {one.code for one in findings} == {"ORL-1335"}
    told = {one.where: str(one) for one in findings}
    assert set(told) == {f"watch.toml:{line}" for line in (4, 7, 8, 9, 10)}
    assert "no secret stands here" in told["watch.toml:9"]
    assert "password_variable" in told["watch.toml:9"]
    assert "did you mean extractor?" in told["watch.toml:10"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[alert]]\nid="a"\non="lapse"', "how long before"),
        ('[[alert]]\nid="a"\non="price"\nseries="x"', "no threshold"),
        ('[[alert]]\nid="a"\non="price"\nabove=1', "no series"),
        ('[[alert]]\nid="a"\non="lapse"\nwithin_days=9\nmineral="Sb"', "no use for mineral"),
        ('[[alert]]\nid="a"\non="claim"\nkind="gossip"', "no kind of claim"),
        ('[[alert]]\nid="a"\non="claim"\n[[alert]]\nid="a"\non="claim"', "two alerts"),
        ('[digest]\nhost="h"\nsender="a@b"\nrecipients=["c@d"]\nuser_variable="U"', "together"),
        (
            """[digest]
host="h"
sender="a@b"
recipients=["c@d"]
encryption="none"
user_variable="U"
password_variable="P"
""",
            "in clear",
        ),
        ('[extractor]\nurl="http://example.org/v1"\nmodel="m"', "in clear"),
        ('[extractor]\nurl="https://u:p@example.org/v1"\nmodel="m"', "a password"),
        ('[extractor]\nurl="https://[::1/v1"\nmodel="m"', "no address"),
        ("series = 3", "no list of tables"),
        ("[digest", "no TOML"),
        ('[digest]\nhost="h"\nsender="a@b\\nBcc: x@y"\nrecipients=["c@d"]', "digest.sender"),
    ],
)
def test_what_contradicts_itself_is_told(text: str, said: str) -> None:
    settings, findings = read_settings(text.encode())
    assert settings is None
    assert said in " ".join(str(one) for one in findings)


def test_bytes_that_are_no_text_are_told_and_a_folder_without_the_file_says_nothing(
    tmp_path: Path,
) -> None:
    assert "no UTF-8" in str(read_settings(b"\xff\xfe\x00")[1][0])
    assert settings_of(tmp_path) == (WatchSettings(), ())
    (tmp_path / "watch.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(LimitExceededError, match="1,000,000"):
        settings_of(tmp_path)
