"""The host of each country, and which addresses are called "Open in Exact Online"."""

from pathlib import Path

import pytest

from exact_slack.config.model import Config
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.exact.pages import page_of
from exact_slack.exact.wire.hosts import api_root, is_page
from tests.unit.exact_support import make_config

OWN = [
    "https://start.exactonline.nl/docs/DocViewContent.aspx?ID={a}&_Division_=1&Stamp=FR001",
    "https://START.exactonline.NL:443/docs/",
    "https://fr001.exactonline.nl/docs/",
    "https://start.exactonline.nl",
]
OTHERS = [
    "https://start.exactonline.nl@evil.example/",
    "https://user@start.exactonline.nl/",
    "https://user:word@start.exactonline.nl/",
    "https://start.exactonline.nl:8443/",
    "https://start.exactonline.nl:80/",
    "http://start.exactonline.nl/",
    "https://start.exactonline.nl.evil.example/",
    "https://evilexactonline.nl/",
    "https://start-exactonline.nl/",
    "https://start.exactonline.nl./",
    "https://start.exactonline.de/",
    "https://start.exactonlin\u0435.nl/",
    "https://start.exactonline.nl\\@evil.example/",
    "https://evil.example\\.exactonline.nl/",
    "https://evil.example/#.exactonline.nl",
    "https://evil.example/https://start.exactonline.nl/",
    "https://evil.example%2f.exactonline.nl/",
    "https://start.exactonline.nl%2f.evil.example/",
    "https://start.exactonline.nl/a b",
    "https://start.exactonline.nl/\u202egpj",
    "https://start.exactonline.nl/\tx",
    "https://start.exactonline.nl\n.evil.example/",
    "https://start.exactonline.nl/|x>",
    "https://[::1",
    "https://[::1]/",
    "//start.exactonline.nl/",
    "start.exactonline.nl/docs",
    "javascript:alert(1)//start.exactonline.nl/",
    "https:start.exactonline.nl/",
    "https:///start.exactonline.nl/",
    "https://start.exactonline.nl/" + "y" * 3000,
    "",
]


@pytest.mark.parametrize("url", OWN)
def test_a_page_of_the_region_is_linked(url: str) -> None:
    assert is_page(make_config(), url)


@pytest.mark.parametrize("url", OTHERS)
@pytest.mark.parametrize("base_url", [None, "https://proxy.example.com/exact"])
def test_no_other_address_is(url: str, base_url: str | None) -> None:
    assert not is_page(make_config(base_url=base_url), url)


@pytest.mark.parametrize(
    ("url", "whether"),
    [
        ("https://proxy.example.com/exact/docs/x", True),
        ("https://proxy.example.com:443/docs/x", True),
        ("https://start.exactonline.nl/docs/x", True),
        ("http://proxy.example.com/docs/x", False),
        ("https://proxy.example.com:8443/docs/x", False),
        ("https://a.proxy.example.com/docs/x", False),
        ("https://proxy.example.com@evil.example/", False),
    ],
)
def test_where_base_url_leads_is_exact_too(url: str, whether: bool) -> None:
    assert is_page(make_config(base_url="https://proxy.example.com/exact"), url) is whether


@pytest.mark.parametrize("url", OTHERS)
def test_the_company_s_page_stands_in(url: str, tmp_path: Path) -> None:
    config = Config.model_construct(exact=make_config(), path=tmp_path / "acme.yaml")
    document = Document(Ref(7, Kind.PURCHASE_ENTRY, "k"), ServerMs(1), url=url)
    page = page_of(config, document)
    assert page == "https://start.exactonline.nl/docs/MenuPortal.aspx?_Division_=7"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("nl", "start.exactonline.nl"),
        ("be", "start.exactonline.be"),
        ("de", "start.exactonline.de"),
        ("es", "start.exactonline.es"),
        ("uk", "start.exactonline.co.uk"),
        ("us", "start.exactonline.com"),
        ("fr", "start.exactonline.fr"),
    ],
)
def test_each_country_has_its_host(region: str, host: str) -> None:
    assert api_root(make_config(region=region)) == f"https://{host}"


@pytest.mark.parametrize("tail", ["", "/", "/api", "/api/", "/api/v1", "/api/v1/"])
def test_another_address_may_or_may_not_have_the_path(tail: str) -> None:
    config = make_config(base_url=f"http://127.0.0.1:8000{tail}")
    assert api_root(config) == "http://127.0.0.1:8000"


def test_a_proxys_own_path_stays() -> None:
    assert api_root(make_config(base_url="https://p.example.com/exact/api/v1")) == (
        "https://p.example.com/exact"
    )
