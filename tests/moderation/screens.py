"""Looks at pages in a browser as people do: in each language, light and dark, on a computer and on a phone."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
LOOKS: dict[str, Any] = {
    "light": ("light", 1280, 900),
    "dark": ("dark", 1280, 900),
    "phone": ("light", 390, 844),
    "phone-dark": ("dark", 390, 844),
}
# Each page is loaded once in each language, and looked at in each of these.
LOOKS_OF_LANGUAGE = {"en-US": ("light", "dark", "phone-dark"), "ko-KR": ("light", "phone")}
# Where axe looks, and for what: at the other colours and on a phone only for what depends on these.
AXE_RULES: dict[tuple[str, str], Sequence[str]] = {
    ("en-US", "light"): (),
    ("en-US", "phone-dark"): ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"),
}


class Viewer:
    """Looks at pages in one language, and notes their faults."""

    def __init__(self, window: BrowserContext, url: str, axe: str, language: str) -> None:
        self.page, self.url, self.axe, self.language = window.new_page(), url, axe, language
        self.faults: dict[str, list[str]] = {}

    def visit(self, name: str, path: str, status: int = 200) -> None:
        """Load a page and look at it."""
        self.load(path, status)
        self.look_at(name)

    def load(self, path: str, status: int = 200) -> None:
        """Load a page in the first look of the language."""
        self.set_look(LOOKS_OF_LANGUAGE[self.language][0])
        response = self.page.goto(self.url + path)
        assert response is not None
        assert response.status == status, path

    def look_at(self, name: str) -> None:
        """Look at the page that is loaded, in each look of the language."""
        for look in LOOKS_OF_LANGUAGE[self.language]:
            self.set_look(look)
            rules = AXE_RULES.get((self.language, look))
            found = [] if rules is None else violations(self.page, self.axe, rules)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("wider than the window")
            if found:
                self.faults[f"{name} {look} {self.language}"] = found
            if SCREENSHOTS:
                self.take_screenshot(f"{name}-{look}{'-ko' if self.language == 'ko-KR' else ''}")

    def set_look(self, look: str) -> None:
        color_scheme, width, height = LOOKS[look]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=color_scheme)
        self.page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")

    def take_screenshot(self, name: str) -> None:
        """Store the whole page, once its images are there."""
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)


def violations(page: Page, axe: str, rules: Sequence[str]) -> list[str]:
    """Return the serious and critical violations on the page, of these rules or of all."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{each['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]
