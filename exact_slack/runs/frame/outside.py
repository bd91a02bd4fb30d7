"""Trouble that keeps a run from its ledger, or from its config: what was told is in a file."""

from pathlib import Path

from exact_slack.app.customer import Customer
from exact_slack.app.telling import weight_of
from exact_slack.clock import Clock
from exact_slack.config.file.paths import default_state_dir
from exact_slack.errors import ConfigError, ExactSlackError
from exact_slack.ledger.notebook import Notebook
from exact_slack.ledger.troubles import Part, Trouble

_PATIENCE = 1800.0
"""Seconds, where the config that would say it cannot be read."""


def is_news(customer: Customer, error: ExactSlackError) -> bool:
    """Whether a person is told of what keeps this customer's run from its ledger. What is wrong
    with the config is noted beside it: the state folder that it names may be another customer's."""
    if isinstance(error, ConfigError):
        return is_news_of_config(customer.config.path, error)
    now, patience = customer.clock.now(), customer.patience
    try:
        notebook = customer.notebook
    except ExactSlackError:  # no state folder, so no memory either
        return True
    return bool(notebook.met(_trouble(error), now, patience))


def is_news_of_config(path: Path, error: ExactSlackError) -> bool:
    """The same of what keeps a run from its config."""
    try:
        notebook = Notebook(default_state_dir(path))
    except ExactSlackError:
        return True
    trouble = _trouble(error, _of_config(path))
    notebook.forget(noted.cause for noted in notebook.all() if _is_older(noted, trouble, path))
    return bool(notebook.met(trouble, Clock().now(), _PATIENCE))


def _of_config(path: Path) -> str:
    return f"config {path.resolve()}: "


def _is_older(noted: Trouble, trouble: Trouble, path: Path) -> bool:
    """Another mistake of the same config, which its owner is at work on."""
    return noted.cause.startswith(_of_config(path)) and noted.cause != trouble.cause


def _trouble(error: ExactSlackError, config: str = "") -> Trouble:
    cause = f"{config or 'outside '}{error.cause}"
    return Trouble(cause, Part.RUN, weight_of(error), error.sentence, error.cure)


def known(customer: Customer) -> list[tuple[Notebook, Trouble]]:
    """What was told and has ended, now that a run has both."""
    here = [(customer.notebook, trouble) for trouble in customer.notebook.all()]
    path = customer.config.path
    try:
        usual = Notebook(default_state_dir(path))
    except ExactSlackError:
        return here
    of_config = [
        (usual, trouble) for trouble in usual.all() if trouble.cause.startswith(_of_config(path))
    ]
    return [*here, *(pair for pair in of_config if pair[1] not in customer.notebook.all())]
