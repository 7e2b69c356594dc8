"""The patients' page in a real browser: from the button to the answer, and its first load."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from app.crypto.stretch import OWASP_19_MIB
from scripts.benches import servers
from scripts.benches.leaks import DATASET, Leak, ingest
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit
from tests.browser.asking import fill, ready
from tests.browser.browsers import PHONE, browsing

ROWS = 60
# The promise: at most one and a half times the stretch itself, and 300 ms for all the rest.
STRETCHES = 1.5
REST_SECONDS = 0.3
LOAD_KB = 100.0
READY_SECONDS = 1.0
SLOWED_TIMES = 4
WITHIN = Target(1.0)

# A worker of the page's own script, warm, and one stretch at full cost: the floor, in seconds.
STRETCH = """async (profile) => {
    const worker = new Worker(document.querySelector('script[src]').src);
    const question = (p) => new Promise((resolve, reject) => {
        worker.onerror = reject;
        worker.onmessage = ({ data }) => 'stretched' in data ? resolve() : reject(data);
        const [salt, encodedInput] = [new Uint8Array(16), new Uint8Array(40)];
        worker.postMessage({ profile: p, salt, encodedInput });
    });
    await question({ memoryKib: 8, iterations: 1, parallelism: 1 });
    const started = performance.now();
    await question(profile);
    worker.terminate();
    return (performance.now() - started) / 1000;
}"""
# From the press to the frame that shows the answer, in seconds, on the page's own clock.
PRESS = """() => new Promise((resolve) => {
    const started = performance.now();
    new MutationObserver((_, observer) => {
        if (document.querySelector('#result [data-answer]')) {
            observer.disconnect();
            requestAnimationFrame(() => resolve((performance.now() - started) / 1000));
        }
    }).observe(document.getElementById('result'), { childList: true });
    document.getElementById('ask').click();
})"""
# Run before anything of the page: when its button can be pressed, and what has moved by then.
WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    new MutationObserver((_, observer) => {
        const button = document.getElementById('ask');
        if (button && !button.disabled) {
            window.readyAt = performance.now() / 1000;
            observer.disconnect();
        }
    }).observe(document, { attributes: true, childList: true, subtree: true });
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One first load, with nothing in the browser's cache."""

    kilobytes: float
    scripts: int
    ready_seconds: float
    shift: float


def measure(plan: Plan) -> Result:
    """Ask a few questions in a browser, the stretch alone in turn with each; load the page anew."""
    leak = Leak.make_up(plan.folder / "leak", ROWS)
    data = plan.folder / "data"
    ingest(leak, data, OWASP_19_MIB)
    lines = itertools.cycle(list(leak.questions("nir-dob")))
    with servers.concerne(data, limits=servers.LIFTED) as server, browsing() as browser:
        address = f"http://127.0.0.1:{server.port}/fr/"
        _answer(browser, address, next(lines))
        answers = [_answer(browser, address, next(lines)) for _ in range(plan.runs)]
        loads = [_load(browser, address) for _ in range(plan.runs)]
    first = loads[0]
    return Result(
        [
            Figure(
                f"button to answer over {STRETCHES} × Argon2id there + {REST_SECONDS} s",
                Unit.SECONDS,
                [Pair(taken, STRETCHES * floor + REST_SECONDS) for floor, taken in answers],
                WITHIN,
            ),
            Figure(
                "  button to answer over Argon2id there",
                Unit.SECONDS,
                [Pair(taken, floor) for floor, taken in answers],
            ),
            Figure(
                f"first load on the wire over {LOAD_KB:.0f} kB",
                Unit.KILOBYTES,
                [Pair(load.kilobytes, LOAD_KB) for load in loads],
                WITHIN,
            ),
            Figure(
                f"ready for input, processor slowed {SLOWED_TIMES} times, over {READY_SECONDS} s",
                Unit.SECONDS,
                [Pair(load.ready_seconds, READY_SECONDS) for load in loads],
                WITHIN,
            ),
        ],
        [
            f"page: {first.scripts} script; layout shift at most {max(x.shift for x in loads):.4f}",
            f"page: Chromium at {PHONE['width']} pixels, {DATASET} of {ROWS} rows, nothing cached",
        ],
    )


def _answer(browser: Browser, address: str, line: Mapping[str, Any]) -> tuple[float, float]:
    """Return the seconds of a stretch, and those from the button to the answer, in a fresh page."""
    expected = "yes" if line["exposed"] else "no"
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # a dict of its shape
    try:
        page = context.new_page()
        page.goto(address)
        fill(page, line)
        profile = {
            "memoryKib": OWASP_19_MIB.memory_kib,
            "iterations": OWASP_19_MIB.iterations,
            "parallelism": OWASP_19_MIB.parallelism,
        }
        floor: float = page.evaluate(STRETCH, profile)
        taken: float = page.evaluate(PRESS)
        shown = page.get_attribute("#result [data-answer]", "data-answer")
        if shown != expected:
            raise RuntimeError("the page gave another answer than the true one")
        return floor, taken
    finally:
        context.close()


def _load(browser: Browser, address: str) -> Load:
    """Load the page in a slowed browser with an empty cache, and count what came."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # a dict of its shape
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        received = _counting(session)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED_TIMES})
        page.add_init_script(WATCH)
        page.goto(address)
        ready(page)
        page.wait_for_load_state("networkidle")
        return Load(
            kilobytes=sum(received) / 1000,
            scripts=_scripts(page),
            ready_seconds=page.evaluate("window.readyAt"),
            shift=page.evaluate("window.shifted"),
        )
    finally:
        context.close()


def _counting(session: CDPSession) -> list[float]:
    """Note the bytes on the wire of each response, headers and all, as the browser counts them."""
    received: list[float] = []

    def note(finished: Mapping[str, Any]) -> None:
        received.append(finished["encodedDataLength"])

    session.send("Network.enable")
    session.on("Network.loadingFinished", note)
    return received


def _scripts(page: Page) -> int:
    loaded = "performance.getEntriesByType('resource')"
    return int(page.evaluate(f"{loaded}.filter((r) => r.initiatorType === 'script').length"))
