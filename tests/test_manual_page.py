"""The HTML page of all options, as a browser shows it: search, anchors, keys, no complaints."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.app import run
from tests.browser import PROGRAM, opened

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.browser import Page

pytestmark = pytest.mark.needs(PROGRAM)

SHOWN = (
    "[...document.querySelectorAll('article')].filter(each => each.offsetParent !== null).length"
)
FOCUS = "document.activeElement.textContent || document.activeElement.id"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Page, str]]:
    """A browser, and the address of the page of the whole library."""
    folder = tmp_path_factory.mktemp("browser")
    file = folder / "options.html"
    assert run(["options", "--format", "html", "-o", str(file)]) == 0
    with opened(folder / "profile") as page:
        yield page, file.as_uri()


@pytest.fixture
def page(browser: tuple[Page, str]) -> Page:
    """The page as it is when somebody opens the file."""
    page, address = browser
    page.open("about:blank#blank")
    page.open(address)
    return page


def found(page: Page) -> int:
    """How many options are shown; what the page says about it is the same."""
    shown = int(page.value(SHOWN))
    said = str(page.value("document.getElementById('count').textContent"))
    assert said.startswith(f"{shown} of ")
    return shown


def test_the_search_narrows_the_page_at_once(page: Page) -> None:
    every = found(page)
    assert every >= 500
    assert page.value(FOCUS) == "search"
    start = time.monotonic()
    page.type("libvirt")
    page.type(" tls-port")
    some = found(page)
    assert 0 < some < 10
    assert time.monotonic() - start < 10
    assert page.value("document.getElementById('o-path-libvirt.tls-port').offsetHeight") > 0
    # A service of which nothing is left has no heading either.
    assert page.value("document.getElementById('o-virtlog').offsetParent") is None
    page.type(" no such thing")
    assert found(page) == 0
    page.press("Escape")
    assert found(page) == every
    assert page.complaints == []


def test_keys_lead_from_the_search_to_an_option_and_back(page: Page) -> None:
    page.type("virtlog.max-clients")
    page.press("Enter")
    assert page.value(FOCUS) == "virtlog.max-clients"
    # The event comes after the address has changed, and the page's own listener hears it first.
    page.value("addEventListener('hashchange', () => { document.arrived = location.hash; })")
    page.press("Enter")
    page.wait("document.arrived == '#o-path-virtlog.max-clients'")
    page.press("/")
    assert page.value(FOCUS) == "search"
    assert page.value("document.getElementById('search').value") == "virtlog.max-clients"
    page.type("openssh")
    assert page.value("document.getElementById('search').value") == "openssh"
    page.type("/x")
    assert page.value("document.getElementById('search').value") == "openssh/x"
    assert page.complaints == []


def test_an_anchor_shows_its_option_whatever_was_searched(page: Page, browser: object) -> None:
    every = found(page)
    page.type("ganeti")
    assert found(page) < every
    page.value("location.hash = '#o-path-etc.files._3c_name_3e_.mode'")
    page.wait("document.getElementById('search').value == ''")
    assert found(page) == every
    place = "document.getElementById('o-path-etc.files._3c_name_3e_.mode')"
    page.wait(f"Math.abs({place}.getBoundingClientRect().top) < 5")
    assert page.complaints == []


def test_every_link_has_a_place_and_nothing_comes_from_elsewhere(page: Page) -> None:
    dead = (
        "[...document.querySelectorAll('a')].map(each => each.getAttribute('href'))"
        ".filter(each => !each.startsWith('#') || !document.getElementById(each.slice(1)))"
    )
    assert page.value(dead) == []
    assert page.value("performance.getEntriesByType('resource').length") == 0
    assert page.value("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.complaints == []
