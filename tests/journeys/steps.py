"""What people do in a browser window, as the journeys and the screen tests say it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.doctoring import DOCTORS
from tests.support.world import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "src" / "tongxin" / "heart" / "ledger" / "verifier" / "tongxin_verify.py"
LICENCE = {
    "given_applicant_name": "示例·运河面馆",
    "given_credit_code": "91120000MA0TEST001",
    "given_premises": "示例·新华西街 1 号",
}
PAPERS = ("application_form", "business_licence", "floor_plan", "safety_rules")


def sign_in(page: Page, username: str, *, post: str = "", onward: str = "/desk/") -> None:
    """Log in through the form and, with several posts, choose one."""
    page.goto(f"/account/login/?next={onward}")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        page.click("form:has(input[name=login]) button[type=submit]")
    if post:
        page.goto(f"/account/post/?next={onward}")
        page.locator(f"input[name=seat][value^='{post}@']").first.check()
        with page.expect_navigation():
            page.click("form:has(input[name=seat]) button[type=submit]")
    expect(page.locator("main")).to_be_visible()
    assert "/account/login/" not in page.url, page.locator("main").inner_text()


def report_incident(page: Page, **more: str) -> str:
    """Report a water incident at the Xianghe reach of Qinglongwan Relief Channel; return its number."""
    page.goto("/incidents/")
    page.click("main .actions a.btn.primary")
    page.select_option("select[name=place]", "he-langfang-xianghe")
    page.select_option("select[name=river]", "qinglongwan-jianhe")
    page.fill("input[name=location]", "示例·土门楼闸下 200 米")
    page.select_option("select[name=pollutant]", "ammonia")
    for name, text in more.items():
        page.fill(f"[name={name}]", text)
    page.click("form[data-form] button[type=submit]")
    page.wait_for_url(re.compile(r"/incidents/[A-Z]+-\d{4}-\d+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def tell(page: Page, number: str, desk: str, **carried: str) -> None:
    """Send the notice to one desk from the incident's page."""
    page.goto(f"/incidents/{number}/")
    form = page.locator(f"form[action$='/notices/']:has(input[name=to][value='{desk}'])")
    for name, text in carried.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def file_case(page: Page, *, decide_at: str, applicant: Mapping[str, str] = LICENCE) -> str:
    """Take a licence application in at the window; return the case's number."""
    page.goto("/cases/")
    page.click("main .actions a.btn.primary")
    page.goto("/cases/new/?procedure=food-business-licence")
    page.select_option("select[name=decide_at]", decide_at)
    for name, text in applicant.items():
        page.fill(f"[name={name}]", text)
    for paper in PAPERS:
        page.check(f"input[name=papers][value={paper}]")
    page.click("form[data-form] button[type=submit]")
    page.wait_for_url(re.compile(r"/cases/[A-Z]+-\d{4}-\d+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def press(page: Page, action: str) -> None:
    """Send the form of the page that leads to `action`, and wait for the next page."""
    with page.expect_navigation():
        page.click(f"form[action$='/{action}/'] button[type=submit]")


def verify(file: Path, *more: str, verifier: Path = VERIFIER) -> tuple[int, str]:
    """Run the single-file verifier with a bare Python; return its code and what it said."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(verifier), str(file), "--lang", "en", *more],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    return done.returncode, done.stdout + done.stderr


def download_extract(page: Page, folder: Path, subject: str) -> Path:
    """Ask for the extract of one thing and keep the file; the ticker has signed the log before."""
    from tongxin.heart.ledger import actions

    actions.checkpoint()
    page.goto("/ledger/extract/")
    page.fill("input[name=subjects]", subject)
    with page.expect_download() as waiting:
        page.click("form:has(input[name=subjects]) button[type=submit]")
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def verifier_from(page: Page, folder: Path) -> Path:
    """Download the single-file verifier as an auditor does, from the page that explains it."""
    page.goto("/guide/verify/")
    with page.expect_download() as waiting:
        page.click("main a[href$='/ledger/verifier.py']")
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def verify_also_doctored(file: Path, verifier: Path = VERIFIER) -> None:
    """The extract holds; each doctored copy does not, and the verifier says where."""
    code, said = verify(file, verifier=verifier)
    assert code == 0, said
    for name, doctor in DOCTORS.items():
        data = json.loads(file.read_text("utf-8"))
        index = doctor(data)
        copy = file.with_name(f"{name}.json")
        copy.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        code, said = verify(copy, verifier=verifier)
        assert code == 1, f"{name}: {said}"
        words = ("contents_changed", "removed", "cut") if name in {"removed", "cut", "inserted"} else (name,)
        assert any(f"[{word}]" in said for word in words), f"{name}: {said}"
        assert f" {index}" in said or "manifest" in said, f"{name} does not name entry {index}: {said}"
