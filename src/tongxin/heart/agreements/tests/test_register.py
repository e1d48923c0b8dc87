"""The register and an agreement's page: public law and reading, duties only for who has a part, scores only in demo."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
AGREEMENT = "/agreements/baodi-langfang-water@1/"


def text(answer) -> str:
    return answer.content.decode()


def test_anyone_reads_the_register_and_filters_it(house):
    client = house.client()
    page = text(client.get("/agreements/"))
    assert page.count("示例条款") >= 3
    assert "one-window" in text(client.get("/agreements/?field=services"))
    assert "one-window" not in text(client.get("/agreements/?party=tj-baodi"))
    assert "没有符合筛选条件的文件" in text(client.get("/agreements/?field=nothing&party=nobody"))


def test_the_page_shows_law_reading_and_provenance(house):
    page = text(house.client().get(AGREEMENT))
    for part in (
        "应当在一小时内通报下游",
        "1小时，自然时间，自获悉时起",
        "事发地点、污染物、预计到达时间",
        "公开报道，2023年8月17日",
    ):
        assert part in page
    assert "baodi-langfang-water.yaml:14–29" in page
    assert 'href="/ledger/' in page
    assert house.client().get("/agreements/baodi-langfang-water/").status_code == 200
    assert house.client().get("/agreements/none/").status_code == 404


def test_the_file_is_given_as_it_was_read(house):
    from django.conf import settings

    answer = house.client().get(f"{AGREEMENT}file/")
    assert answer.content == (settings.REGION_PACK / "instruments" / "baodi-langfang-water.yaml").read_bytes()
    assert "baodi-langfang-water-v1.yaml" in answer["Content-Disposition"]


def test_illustrative_scores_of_real_places_are_shown_in_the_demonstration_only(house, settings, one_kept):
    assert 'class="meter' not in text(house.client("langfang-duty").get(AGREEMENT))
    assert house.client().get("/api/v1/agreements/baodi-langfang-water").json()["kept"] is None
    settings.DEMO = True
    assert house.client().get("/api/v1/agreements/baodi-langfang-water").json()["kept"] == {
        "on_time": 1,
        "total": 1,
        "share": None,
        "illustrative": True,
    }
    page = text(house.client("langfang-duty").get(AGREEMENT))
    assert "1/1" in page
    assert "100%" not in page  # no percentage under five


def test_duties_are_shown_to_their_parties_only(house, one_kept):
    assert one_kept in text(house.client("langfang-duty").get(AGREEMENT))
    assert one_kept in text(house.client("baodi-duty").get(AGREEMENT))
    assert one_kept not in text(house.client("tongzhou-duty").get(AGREEMENT))
    assert one_kept not in text(house.client().get(AGREEMENT))


@pytest.fixture
def one_kept(house) -> str:
    """A matter in which Langfang told Baodi in time."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.events.actions import Report

    by = house.acting("langfang-duty")
    data = {"river": "qinglongwan-jianhe", "location": "桥", "pollutant": "oil"}
    report = Report("ecology.water_incident", "he-langfang-xianghe", house.clock.at, data)
    number = actions.report(report, by=by, key="r", name="ecology.incident.reported")["matter"]
    carried = {"location": "桥", "pollutant": "oil", "forecast_arrival": "?"}
    actions.tell(by=by, key="t", matter=number, to_desk="tj-baodi/ecology_bureau", carried=carried)
    return str(number)


def run(*args: str):
    from tongxin.site.cli import root

    return CliRunner().invoke(root, list(args))


def test_the_register_on_the_command_line(house):
    assert "tongwulang-one-window@1" in run("agreements", "list", "--party", "bj-tongzhou").output
    assert "notify-downstream" not in run("agreements", "list", "--field", "services").output
    assert run("agreements", "show", "baodi-langfang-water").output.startswith("baodi-langfang-water@2")
    shown = run("agreements", "show", "baodi-langfang-water@1").output
    assert "baodi-langfang-water.yaml:14-29" in shown
    assert run("agreements", "show", "baodi-langfang-water@1", "--source").output.startswith(
        "# Cross-boundary"
    )


def test_check_names_faults_and_ends_with_one(house):
    from django.conf import settings

    good = str(settings.REGION_PACK / "instruments" / "baodi-langfang-water.yaml")
    assert run("agreements", "check", good).exit_code == 0
    with translation.override("en"):
        bad = run("agreements", "check", good, str(HERE / "bad" / "unknown_event.yaml"))
    assert bad.exit_code == 1
    assert "unknown_event.yaml:18: unknown event 'ecology.water_incidnet'" in bad.output


def test_what_is_known_by_name_only_says_so_and_shows_no_date_that_nobody_knows(house):
    register = text(house.client().get("/agreements/"))
    assert register.count("条款未公开") == 18
    page = text(house.client().get("/agreements/tongwulang-elder-care@1/"))
    assert "条款未公开" in page
    assert "生效日期只知道年份" in page
    assert "[条款未公开]" in run("agreements", "list", "--party", "he-langfang-dachang").output


def test_what_was_invented_or_retold_says_so_on_its_page(house):
    invented = text(house.client().get("/agreements/langfang-wuqing-rivers@1/"))
    assert "（示例）" in invented
    assert "未见于任何公开报道" in invented
    retold = text(house.client().get("/agreements/law-incident-reports@1/"))
    for part in ("示例条款", "待核", "转述，尚未与公布文本核对", "2011年4月18日公布"):
        assert part in retold
    assert house.client().get("/api/v1/agreements/law-incident-reports").json()["illustrative"]
    assert "生效日期按报道日期登记" in text(house.client().get(AGREEMENT))


def test_every_clause_of_the_pack_is_worded_in_both_languages(house):
    from django.utils import translation

    from tongxin.heart.agreements import readings, rulebook, wording
    from tongxin.heart.agreements.models import Clause

    for language in ("zh-hans", "en"):
        with translation.override(language):
            for row in Clause.objects.select_related("version"):
                lines = readings.reading(rulebook.read_clause(row), wording.roles())
                said = " ".join(f"{line.term} {line.text}" for line in lines)
                assert len(lines) >= 4, row.id
                chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in said)
                assert (chinese > 20) if language == "zh-hans" else (chinese == 0), f"{row.id}: {said}"
