"""The HTML page of a profile, driven as a reader would: sort, filter, hover, zoom, dark mode; no errors, no requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rvsim
from rvsim.profile import Report
from rvsim.profile.page import write_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report() -> Report:
    return rvsim.Machine("spacemit-x60").run("matmul", m=32, n=48, k=24, profile=True).report()


@pytest.fixture
def opened(browser: Any, report: Report, tmp_path: Path) -> Any:
    path = tmp_path / "page.html"
    write_page(report, path)
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(path.as_uri())
    return browser


def column(driver: Any, table: str, index: int) -> list[str]:
    cells: list[str] = driver.execute_script(
        "return [...document.querySelectorAll(`#${arguments[0]} tbody tr:not(.source)`)].map(r => r.cells[arguments[1]].textContent)",
        table,
        index,
    )
    return cells


def number(text: str) -> float:
    return float(text.replace(",", "").replace(" %", "") or 0)


def test_the_page_is_silent_and_offline(opened: Any, report: Report) -> None:
    assert f"{report.cycles:,}" in opened.find_element("id", "cards").text
    assert [entry["message"] for entry in opened.get_log("browser")] == []
    requests = [
        message["params"]["request"]["url"]
        for entry in opened.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"] == "Network.requestWillBeSent"
    ]
    assert all(url.startswith(("file:", "data:")) for url in requests), requests


def test_figures_are_drawn(opened: Any, report: Report) -> None:
    assert opened.execute_script("return document.querySelectorAll('#roofline circle').length") == 1
    assert opened.execute_script("return document.querySelectorAll('#causes div').length") == sum(1 for n in report.stalls.values() if n)
    assert opened.execute_script("return document.querySelectorAll('#timeline rect').length") > 20
    assert len(column(opened, "rows", 0)) == len(report.rows)


def test_columns_sort_by_mouse_and_by_keyboard(opened: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    button = opened.find_elements("css selector", "#rows th button")[3]
    opened.execute_script("arguments[0].click()", button)
    cycles = [number(text) for text in column(opened, "rows", 3)]
    assert cycles == sorted(cycles, reverse=True)
    opened.switch_to.active_element.send_keys(Keys.ENTER)
    cycles = [number(text) for text in column(opened, "rows", 3)]
    assert cycles == sorted(cycles)
    header = opened.find_elements("css selector", "#rows th")[3]
    assert header.get_attribute("aria-sort") == "ascending"


def test_the_filter_narrows_the_listing(opened: Any, report: Report) -> None:
    opened.find_element("id", "filter").send_keys("vfmacc")
    shown = column(opened, "rows", 1)
    assert len(shown) == sum("vfmacc" in row.text for row in report.rows)
    assert all("vfmacc" in text for text in shown)


def test_source_lines_come_and_go(opened: Any) -> None:
    count: Callable[[], int] = lambda: len(opened.find_elements("css selector", "#rows tr.source"))  # noqa: E731
    assert count() > 5
    opened.execute_script("document.getElementById('source').click()")
    assert count() == 0


def test_hovering_explains(opened: Any) -> None:
    from selenium.webdriver import ActionChains

    part = opened.find_elements("css selector", "#causes div")[0]
    ActionChains(opened).move_to_element(part).perform()
    tip = opened.find_element("id", "tip")
    assert tip.is_displayed()
    assert "cycles" in tip.text


def test_the_timeline_zooms_and_goes_back(opened: Any, report: Report) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    last: Callable[[], float] = lambda: number(  # noqa: E731
        opened.execute_script("const t = document.querySelectorAll('#timeline text'); return t[t.length - 2].textContent")
    )
    assert last() == pytest.approx(report.cycles, abs=1)
    area = opened.execute_script("const r = document.querySelectorAll('#timeline rect'); return r[r.length - 1]")
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", area)
    width = area.size["width"]
    ActionChains(opened).move_to_element(area).move_by_offset(-int(0.3 * width), 0).click_and_hold().move_by_offset(
        int(0.3 * width), 0
    ).release().perform()
    assert last() < 0.7 * report.cycles
    assert opened.find_element("id", "whole").is_displayed()
    opened.find_element("tag name", "body").send_keys(Keys.ESCAPE)
    assert last() == pytest.approx(report.cycles, abs=1)


def test_dark_and_light(opened: Any) -> None:
    colour: Callable[[], str] = lambda: opened.execute_script("return getComputedStyle(document.body).backgroundColor")  # noqa: E731
    before = colour()
    opened.execute_script("document.getElementById('theme').click()")
    after = colour()
    assert {before, after} == {"rgb(255, 255, 255)", "rgb(20, 24, 30)"}
