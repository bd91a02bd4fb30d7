"""Which divisions the login may use: asked once a day, kept in the ledger."""

import logging
from typing import TYPE_CHECKING

from exact_slack.config.load import line_of
from exact_slack.config.model import Config
from exact_slack.errors import ConfigError
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.ledger.incoming.cursors import DivisionRecord
from exact_slack.ledger.ledger import Ledger

if TYPE_CHECKING:
    from exact_slack.exact.reader import Reader

_CHECK_LOGIN_EVERY = 86400.0
log = logging.getLogger("exact_slack.app")


def usable(
    ledger: Ledger, reader: "Reader", wanted: tuple[int, ...], now: float, believed: float = 0.0
) -> dict[int, DivisionRecord]:
    """What is known of each division, those that are wanted among them. `believed`: seconds for
    which it holds that one may not be used; that one may, holds for a day."""
    records = ledger.cursors.divisions()

    def is_stale(record: DivisionRecord) -> bool:
        return abs(now - record.checked_at) >= (_CHECK_LOGIN_EVERY if record.allowed else believed)

    stale = any(code not in records or is_stale(records[code]) for code in wanted)
    return _asked(ledger, reader, wanted, now) if stale else records


def _asked(
    ledger: Ledger, reader: "Reader", wanted: tuple[int, ...], now: float
) -> dict[int, DivisionRecord]:
    try:
        divisions = reader.divisions()
    except ExactRefused as error:
        # without the list each call shows whether its division may be read
        log.warning("%s", error)
        divisions = {code: DivisionInfo(code, "", "", "active") for code in wanted}
    with ledger.transaction():
        for code in {*divisions, *wanted}:
            info = divisions.get(code)
            name, currency = (info.name, info.currency) if info else ("", "")
            ledger.cursors.set_division(DivisionRecord(code, name, currency, info is not None, now))
    return ledger.cursors.divisions()


def not_allowed(config: Config, code: int, records: dict[int, DivisionRecord]) -> ConfigError:
    """The sentence for a division of the config that the login may not use."""
    others = ", ".join(str(c) for c, record in sorted(records.items()) if record.allowed)
    line = line_of(config.path, ("exact", "divisions"))
    return ConfigError(
        f"{config.path}:{line}: exact.divisions: found {code}, expected a division that the login "
        f"may use ({others or 'none'}).",
        "Give the user access to it in Exact Online, or take it out of the config.",
        cause="divisions that the login may not use",
        subject=str(code),
    )
