"""Exact's pages for people."""

from exact_slack.config.model import Config
from exact_slack.documents.document import Document
from exact_slack.exact.wire.hosts import api_root, is_page


def page_of(config: Config, document: Document) -> str:
    """Where a person finds a document: its own page, where that is one of Exact's, else the page
    of its company. The ledger may hold an address from before this was asked."""
    if document.url and is_page(config.exact, document.url):
        return document.url
    return f"{api_root(config.exact)}/docs/MenuPortal.aspx?_Division_={document.ref.division}"
