"""How long a login lives that nobody renews."""

REFRESH_LIMIT_DAYS = 30
"""Exact forgets a refresh token after 30 unused days (Exact's OAuth documentation)."""
WARN_AT_DAYS = 21


def unused_days(obtained_at: float, now: float) -> float:
    """Days since a login was last renewed: none where a clock that was ahead renewed it in what is
    the future now."""
    return max(now - obtained_at, 0.0) / 86400


def unused_warning(days: float) -> list[str]:
    """From day 21 on: the login dies on day 30 unless a poll renews it."""
    if days < WARN_AT_DAYS:
        return []
    return [
        f"The login at Exact was last renewed {days:.0f} days ago and dies after "
        f"{REFRESH_LIMIT_DAYS}: let exact-slack poll run."
    ]
