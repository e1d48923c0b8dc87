"""Pages put together by chance from what sites do: navigation, sides, titles, lines of origin, bodies, what follows.

All names and figures are invented (示例). Each gives the lines of its body.
"""

from __future__ import annotations

import random

TITLE = "示例市上半年签约项目35个"
WINDOWS = [
    f"{TITLE}_示例网", f"{TITLE}-示例新闻网", TITLE, f"{TITLE} - 示例市人民政府", "示例市人民政府门户网站", f"{TITLE}_要闻_示例网"
]  # fmt: skip
IDS = ["zoom", "artibody", "vsb_content", "contentBox", "printContent", "js_c", "textbox"]
# How a paragraph is written, what stands between two, what stands around all
WAYS = {
    "p": ("<p>{}</p>", "", "{}"),
    "indented p": ('<p style="text-indent:2em">&nbsp;&nbsp;&nbsp;&nbsp;{}</p>', "\n", "{}"),
    "br": ("　　{}", "<br>", "{}"),
    "two br": ("&emsp;&emsp;{}", "<br/>\n<br/>\n", "{}"),
    "div": ("<div>{}</div>", "", "{}"),
    "section": ("<section><section><span>{}</span></section></section>", "", "{}"),
    "spans": ('<p><span style="font-size:16px"><span>{}</span></span></p>', "", "{}"),
    "li": ("<li>{}</li>", "", "<ul>{}</ul>"),
    "from Word": ("<p><strong></strong>{}<o:p></o:p></p>", "", "{}"),
}
LAYOUTS = (
    '<div class="wrap"><div class="left">{article}{after}</div>{side}</div>',
    "<table width=1000><tr><td width=200>{side}</td><td>{article}{after}</td></tr></table>",
    '<form id=f><input type=hidden value="999">{side}<div>{article}</div>{after}</form>',
    "{side}{article}{after}",
)
SENTENCES = [
    "今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。",
    "示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。",
    "下一步，示例市将新建公园6个，改造老旧小区18个。",
    "截至6月底，全市共有养老机构52家，床位8600张。",
    "走进示例产业园，机器轰鸣，工人们正忙着赶制订单，一派繁忙景象。",
    "“今年订单比去年多了两成，我们又招了30名工人。”企业负责人说。",
    "一、产业协同",
    "（二）交通",
    "示例港完成货物吞吐量1.2亿吨，集装箱吞吐量达212万标准箱，新增航线7条。",
    "会议强调，要坚持以人民为中心，扎实推进各项任务，确保全年目标完成。",
]
NAVIGATION = [
    '<div class="nav"><a>首页</a><a>政务公开</a><a>营商环境</a></div>',
    '<ul class="menu"><li><a>首页</a></li><li><a>新闻</a></li><li><a>政策</a></li></ul>',
    "<table width=1000><tr><td><a>网站首页</a></td><td><a>走进示例</a></td><td><a>新闻中心</a></td></tr></table>",
    '<header><div class="logo">示例网</div><form><input name=q></form></header>',
    "<div>您现在的位置：<a>首页</a> &gt; <a>要闻</a> &gt; 正文</div>",
    '<div class="x1"><span>今天是2025年9月3日 星期三</span><a>登录</a><a>注册</a></div>',
    '<div class="weather">示例市 晴 25℃</div>',
    "",
]
SIDES = [
    '<div class="side"><h3>热点排行</h3><ul><li><a>样例县新增企业999家</a></li><li><a>样例市外贸增长19.3%</a></li></ul></div>',
    '<div class="r2"><h4>最新发布</h4><p><a>样例县签约86个项目</a><span>07-01</span></p><p><a>样例县投资63亿元</a><span>07-02</span></p></div>',
    '<div class="l3"><dl><dt>通知公告</dt><dd><a>关于公开招聘99名工作人员的公告</a></dd><dd><a>关于征集意见的通知</a></dd></dl></div>',
    '<div class="w"><p>本网讯息均来自公开渠道，读者来信可寄示例路18号，邮编000000。</p></div>',
    "",
    "",
]
TITLES = [
    "<h1>%s</h1>",
    '<h2 class="tit">%s</h2>',
    '<div class="title">%s</div>',
    "<p align=center><font size=5><b>%s</b></font></p>",
    "<h1><span>%s</span></h1>",
    '<div class="bt" style="text-align:center;font-size:24px">\n   %s\n</div>',
    '<h1 class="article-title">%s<span class="tag"></span></h1>',
]
ORIGINS = [
    ('<div class="info">2025-07-18 16:20 来源：示例日报</div>'),
    (
        '<div class="info"><span>来源：示例日报</span><span>时间：2025-07-18 16:20:33</span><span>浏览：<em>351</em>次</span></div>'
    ),
    ("<p>发布日期：2025年07月18日　　信息来源：示例日报　　字号：<a>大</a><a>中</a><a>小</a></p>"),
    ("<div><em>2025/07/18 16:20</em>　<a>示例日报</a>　<a>评论(35)</a></div>"),
    ('<div class="m"><a>示例日报</a> <time>2025-07-18 16:20</time> <span>阅读 3.5万</span></div>'),
    ("<p class=t>[ 2025-07-18 ]　来源：【示例日报】　作者：某某　责任编辑：某某</p>"),
    ("<table><tr><td>发布机构：示例日报</td><td>发布日期：2025-07-18</td></tr></table>"),
    (
        "<div>日期：2025-07-18　|　来源：示例日报　|　点击数：<span id=h></span>　|　<a>打印</a>　<a>关闭</a></div>"
    ),
    ('<ul class="ly"><li>来源:示例日报</li><li>2025-07-18 16:20</li><li>分享到</li></ul>'),
    ('<div class="s">时间：2025-07-18 16:20　来源：<span class="src">示例日报</span></div>'),
]
CLASSES = [
    "content",
    "TRS_Editor",
    "con",
    "zw",
    "txt",
    "main-text",
    "a1b2c",
    "article-body",
    "detail-con",
    "",
    "news_show",
    "view",
    "wp_articlecontent",
    "_xk2",
    "pages_content",
    "page-content",
    "left_content",
    "tab-content",
]
INSIDE = [
    '<p style="text-align:center"><img src="1.jpg"></p>',
    '<div class="ad"><a>广告 限时特价99元</a></div>',
    "<p align=center>图为示例产业园。某某摄</p>",
    '<div style="display:none">朗读全文约3分钟，共999字。</div>',
    '<script>document.write("假的999亿元，，，。")</script>',
    "<style>.a{width:99px}</style>",
    "<!-- 旧稿：999亿元，，，。 -->",
    "",
    "",
    "",
    "",
]
ENDS = [
    "<p>（责任编辑：某某）</p>",
    "<p align=right>编辑：某某　审核：某某</p>",
    "<p>【打印】【关闭】</p>",
    "",
    "",
    "<p>[责任编辑：某某]</p>",
    '<div class="editor">责编：某某</div>',
]
AFTER = [
    '<div class="share">分享到：<a>微信</a><a>微博</a></div>',
    "<div><p>上一篇：<a>样例区去年签约项目88个</a></p><p>下一篇：没有了</p></div>",
    '<div class="xg"><h3>相关新闻</h3><ul><li><a>样例市新增企业5600家</a><span>2025-06-01</span></li></ul></div>',
    '<div class="pl"><h3>网友评论</h3><p>网友a***7：我等了40分钟，太久了，希望再多开几条线路，谢谢。</p></div>',
    '<div class="sm"><p>免责声明：本网转载内容出于传递更多信息之目的，并不意味着赞同其观点，如有侵权，请联系删除。</p></div>',
    '<div class="rec"><h3>猜你喜欢</h3>'
    + "".join(
        f'<div class="it"><a>样例县{i}月新增企业{i}00家</a><p>样例县今年{i}月新增企业{i}00家，总量达到{i}万家，增势明显。</p></div>'
        for i in range(1, 5)
    )
    + "</div>",
    "<p>扫一扫在手机打开当前页</p>",
    "",
    "",
    "",
]
FOOTS = [
    '<div class="footer">主办：示例市人民政府办公室 示ICP备00000000号 网站标识码0000000000</div>',
    '<div id="bottom"><p>Copyright © 2010-2025 示例网 版权所有 违法和不良信息举报电话：000-5556666</p><p>地址：示例路18号，邮编：000000，联系电话：000-1234567。</p></div>',
    "<footer>您是第 208841 位访客</footer>",
    "<table width=1000><tr><td align=center>版权所有：示例市统计局　技术支持：示例科技</td></tr></table>",
    "",
]


def _body(lines: list[str], chance: random.Random) -> str:
    way = chance.choice(list(WAYS))
    one, between, around = WAYS[way]
    written = [one.format(line) for line in lines]
    if way == "spans":
        written = [w.replace("，", "，</span><span>", 1) for w in written]
    if "p>" in one and chance.random() < 0.7:
        written.insert(1, chance.choice(INSIDE))
    inside = around.format(between.join(written)) + (chance.choice(ENDS) if "p>" in one else "")
    name, number = chance.choice(CLASSES), chance.choice(IDS) if chance.random() < 0.2 else ""
    about = (f' class="{name}"' if name else "") + (f' id="{number}"' if number else "")
    if chance.random() < 0.15:
        return f"<table width=100%><tr><td{about}>{inside}</td></tr></table>"
    tag = chance.choice(["div", "div", "div", "article"])
    return f"<{tag}{about}>{inside}</{tag}>"


def make(seed: int) -> tuple[str, list[str]]:
    """Return a page and the lines of its body."""
    chance = random.Random(seed)
    lines = chance.sample(SENTENCES, chance.choice([1, 2, 3, 4, 6, 9]))
    if not any("，" in line and line.endswith("。") for line in lines):
        lines[0] = SENTENCES[0]
    article = chance.choice(TITLES) % TITLE + chance.choice(ORIGINS) + _body(lines, chance)
    inside = chance.choice(LAYOUTS).format(
        article=article, after=chance.choice(AFTER) + chance.choice(AFTER), side=chance.choice(SIDES)
    )
    over = chance.choice(NAVIGATION) + chance.choice(NAVIGATION)
    page = (
        f"<html><head><meta charset=utf-8><title>{chance.choice(WINDOWS)}</title></head>"
        f"<body>{over}{inside}{chance.choice(FOOTS)}</body></html>"
    )
    return page, lines
