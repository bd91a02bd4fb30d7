"""Secrets and what looks like them do not get into what is shown."""

from exact_slack import redact


def test_a_traceback_hides_what_a_library_put_into_it() -> None:
    secret, other = redact.note("p\u00e4ss word+1"), "-".join(["some", "other", "token"])
    try:
        raise ValueError(f"bad header 'Bearer {other}', {secret}")
    except ValueError as error:
        shown = redact.trace(error)
    assert "ValueError" in shown
    assert "word+1" not in shown
    assert "some-other-token" not in shown
    assert "p%C3%A4ss" not in redact.hide("form: p%C3%A4ss+word%2B1 p%C3%A4ss%20word%2B1")
    assert "stampNL001.x" not in redact.hide("token stampNL001.x!y z")
    assert "xoxb-1" not in redact.hide("{'token': 'xoxb-1-2'}")
