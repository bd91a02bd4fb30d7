"""Why a delivery stands as it does, or waits: a cause, with a detail where there is one.

What is decided is decided by the cause. Its sentence is made only where a person reads it."""

from enum import StrEnum


class Cause(StrEnum):
    """The words in the ledger. Whoever adds one adds its sentence below."""

    NONE = ""
    SAID = "said"
    """Slack's own word, or that of the network; the detail is all there is."""
    FLOOD = "flood"
    FLOOD_TOLD = "flood told"
    """The flood guard holds it, and its channel was told so."""
    HEAD_MISSING = "head missing"
    SENDER_ENDED = "sender ended"
    NOT_ARRIVED = "not arrived"
    CANNOT_BE_RENDERED = "cannot be rendered"
    DAMAGED = "damaged"
    """The record that it tells of; the detail says which, and how."""
    REFUSED_AS_BLOCKS = "refused as blocks"

    # nobody knows whether it arrived
    OUTCOME_UNKNOWN = "outcome unknown"
    NOT_FIRST_LEDGER = "not first ledger"
    NO_LOOK_UP = "no look-up"
    HISTORY_BLIND = "history blind"
    CHANNEL_UNKNOWN = "channel unknown"

    # nothing is left to send
    NOTHING_TO_SAY = "nothing to say"
    SHOWN_ALREADY = "shown already"
    HEAD_SHOWS_IT = "head shows it"
    NEW_HEAD_SHOWS_IT = "new head shows it"
    TOLD_TOGETHER = "told together"
    CHANGED_BACK = "changed back"
    NO_LONGER_PAID = "no longer paid"
    PAID_MEANWHILE = "paid meanwhile"
    RUN_TAKEN_BACK = "run taken back"
    HEAD_THERE = "head there"
    CHANNEL_LEFT = "channel left"
    CHANNEL_REPLACED = "channel replaced"
    PERSON_GONE = "person gone"
    DELETED_IN_SLACK = "deleted in slack"

    # outside its thread
    STOOD_LOOSE = "stood loose"
    STANDS_LOOSE = "stands loose"

    # files
    NO_FILE_SCOPE = "no file scope"
    FILE_UNSEEN = "file unseen"
    FILE_LATER = "file later"
    FILE_ELSEWHERE = "file elsewhere"

    # what waits on purpose
    QUIET = "quiet"
    SILENCED = "silenced"

    @property
    def is_doubt(self) -> bool:
        """Whether nobody knows if it arrived: before it is sent again it is looked up."""
        return self in _DOUBTS

    def sentence(self, detail: str = "") -> str:
        """What a person reads."""
        return _SENTENCES[self].format(detail)


_DOUBTS = frozenset(
    {
        Cause.OUTCOME_UNKNOWN,
        Cause.NOT_FIRST_LEDGER,
        Cause.NO_LOOK_UP,
        Cause.HISTORY_BLIND,
        Cause.CHANNEL_UNKNOWN,
    }
)
_SENTENCES: dict[Cause, str] = {
    Cause.NONE: "",
    Cause.SAID: "{}",
    Cause.FLOOD: "held by the flood guard",
    Cause.FLOOD_TOLD: "held by the flood guard, as its channel was told",
    Cause.HEAD_MISSING: "its head message is not posted",
    Cause.SENDER_ENDED: "the sender ended",
    Cause.NOT_ARRIVED: "looked up, it had not arrived",
    Cause.CANNOT_BE_RENDERED: "cannot be rendered ({})",
    Cause.DAMAGED: "{}",
    Cause.REFUSED_AS_BLOCKS: "as plain text, Slack refused: {}",
    Cause.OUTCOME_UNKNOWN: "unknown outcome ({})",
    Cause.NOT_FIRST_LEDGER: "unknown outcome: this ledger is not the first",
    Cause.NO_LOOK_UP: "unknown outcome, and no look-up is possible ({})",
    Cause.HISTORY_BLIND: "unknown outcome, and no look-up is possible "
    "(its history does not show what stands there)",
    Cause.CHANNEL_UNKNOWN: "unknown outcome, and no look-up is possible (the channel is not known)",
    Cause.NOTHING_TO_SAY: "nothing left to say",
    Cause.SHOWN_ALREADY: "the head shows it already",
    Cause.HEAD_SHOWS_IT: "the head shows it",
    Cause.NEW_HEAD_SHOWS_IT: "the new head shows it",
    Cause.TOLD_TOGETHER: "told together with an earlier change",
    Cause.CHANGED_BACK: "changed back before it was told",
    Cause.NO_LONGER_PAID: "no longer paid before it was told",
    Cause.PAID_MEANWHILE: "paid before it was told that it is due",
    Cause.RUN_TAKEN_BACK: "its payments were taken back before it was told",
    Cause.HEAD_THERE: "its channel has this head already",
    Cause.CHANNEL_LEFT: "its channel is no longer in the config",
    Cause.CHANNEL_REPLACED: "its channel was replaced",
    Cause.PERSON_GONE: "its person cannot be reached any more",
    Cause.DELETED_IN_SLACK: "deleted in Slack",
    Cause.STOOD_LOOSE: "it stood loose in the channel, its thread was gone",
    Cause.STANDS_LOOSE: "it stands in the channel, outside its thread ({})",
    Cause.NO_FILE_SCOPE: "the Slack app lacks the scope files:write",
    Cause.FILE_UNSEEN: "Slack took the file; it is not seen in the thread yet",
    Cause.FILE_LATER: "Exact does not give out the file now",
    Cause.FILE_ELSEWHERE: "the file stands in another thread of the channel ({})",
    Cause.QUIET: "quiet hours",
    Cause.SILENCED: "silenced: {}",
}
"""One for each cause; `{}` is the detail."""
