"""Invented pages that are laid out in other ways than most, each with what a reader of it would read. All names and figures are invented (示例)."""

from __future__ import annotations

from datetime import date

from tongxin.petals.evidence.engine.tests.cms_pages import Raw

LAYOUTS = (
    Raw(
        "classes of the whole page that speak of a sidebar",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body class="single right-sidebar menu-fixed"><div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="entry-content"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a lead in a box of its own",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="lead"><p>核心提示：示例市上半年经济运行平稳，新签约项目35个，总投资120.5亿元。</p></div><div class="pic"><img></div><div class="content"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an abstract in a box of its own",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="zy">摘要：示例市上半年新签约项目35个，总投资120.5亿元，同比增长6.2%。</div><div class="content"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "comments under a count, classes without meaning",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="x1"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="a8"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></div><div class="q9"><div class="q8">评论 35</div><div class="q7"><a>示例网友1</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走10分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友2</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走20分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友3</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走30分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友4</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走40分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友5</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走50分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友6</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走60分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友7</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走70分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友8</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走80分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "comments without heading",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="x1"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="a8"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></div><div class="q9"><div class="q7"><a>示例网友1</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走10分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友2</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走20分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友3</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走30分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友4</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走40分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友5</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走50分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友6</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走60分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友7</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走70分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div><div class="q7"><a>示例网友8</a><span>2小时前</span><p>我觉得示例市这几年变化很大，以前每天上班要走80分钟，现在只要一半，希望以后多开几条线路，让大家都方便。</p><span>回复</span><span>赞</span></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "other articles with abstracts, without heading",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="x1"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="a8"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div></div><div class="q9"><div class="q7"><h4><a href="1">样例县1月新增企业100家</a></h4><p>样例县今年1月新增企业100家，总量达到1万家，同比增长1%，其中服务业占比过半，增势明显，后劲十足。</p></div><div class="q7"><h4><a href="2">样例县2月新增企业200家</a></h4><p>样例县今年2月新增企业200家，总量达到2万家，同比增长2%，其中服务业占比过半，增势明显，后劲十足。</p></div><div class="q7"><h4><a href="3">样例县3月新增企业300家</a></h4><p>样例县今年3月新增企业300家，总量达到3万家，同比增长3%，其中服务业占比过半，增势明显，后劲十足。</p></div><div class="q7"><h4><a href="4">样例县4月新增企业400家</a></h4><p>样例县今年4月新增企业400家，总量达到4万家，同比增长4%，其中服务业占比过半，增势明显，后劲十足。</p></div><div class="q7"><h4><a href="5">样例县5月新增企业500家</a></h4><p>样例县今年5月新增企业500家，总量达到5万家，同比增长5%，其中服务业占比过半，增势明显，后劲十足。</p></div><div class="q7"><h4><a href="6">样例县6月新增企业600家</a></h4><p>样例县今年6月新增企业600家，总量达到6万家，同比增长6%，其中服务业占比过半，增势明显，后劲十足。</p></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "questions and answers",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="content"><p><strong>示例电视台记者：</strong></p><p>请介绍上半年的情况。谢谢。</p><p><strong>示例市发展改革委主任：</strong></p><p>谢谢提问。今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
示例电视台记者：
请介绍上半年的情况。谢谢。
示例市发展改革委主任：
谢谢提问。今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a blog",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<header id="masthead" class="site-header"><a>示例网</a></header><main id="main" class="site-main"><article class="post type-post"><header class="entry-header"><h1 class="entry-title">示例市上半年签约项目35个</h1><div class="entry-meta"><span class="posted-on">发布于 <time>2025年7月18日</time></span><span class="byline">由 <a>示例日报</a></span></div></header><div class="entry-content"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><footer class="entry-footer">分类：<a>要闻</a></footer></article><nav class="post-navigation"><a>上一篇 某县签约88个</a></nav><div id="comments"><h2>发表回复</h2><p>您的邮箱地址不会被公开。 必填项已用 * 标注</p></div></main><aside id="secondary"><h2>近期文章</h2><ul><li><a>某县签约99个</a></li></ul></aside></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例网",
        date(2025, 7, 18),
    ),
    Raw(
        "a form around all, its state hidden",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<form id="form1"><input type="hidden" name="__VIEWSTATE" value="a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2"/><table id="tbl"><tr><td><span id="lblTitle">示例市上半年签约项目35个</span></td></tr><tr><td>【<span id="lblDate">2025/7/18 9:00:00</span>】【来源：<span>示例日报</span>】</td></tr><tr><td><span id="lblContent"><P>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</P><P>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</P><P>下一步，示例市将新建公园6个，改造老旧小区18个。</P></span></td></tr></table></form></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a box for the printer",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div id="printArea" class="print-box"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="print-text"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "the body in a box that is called after sharing",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="share-left"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="bdshare">分享到：微信 微博</div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "the body in a box that is called hot",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="hot_news_txt"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "the body in a box that is called a list",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div id="rankList_wrap"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a guide with sentences beside, before the title",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="l"><h3>办事指南</h3><p>一、受理条件：具有独立法人资格，在示例市注册，且无不良信用记录的企业，均可申请；二、办理时限：自受理之日起20个工作日内办结，并书面告知申请人。</p></div><div class="r"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "parts with headings",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="m"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="n"><h3>一、招商</h3><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div><div class="n"><h3>二、就业</h3><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div><div class="n"><h3>三、民生</h3><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
一、招商
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
二、就业
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
三、民生
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a list of definitions",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><dl class="newsv"><dt>示例市上半年签约项目35个</dt><dd class="t">发布时间：2025-07-18　来源：示例日报</dd><dd class="c"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></dd></dl><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a table of figures alone",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年主要指标_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年主要指标</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="con"><table><tr><td>指标</td><td>单位</td><td>总量</td><td>增速</td></tr><tr><td>地区生产总值</td><td>亿元</td><td>1862.4</td><td>5.4</td></tr><tr><td>进出口总值</td><td>亿元</td><td>97.4</td><td>-3.1</td></tr></table></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年主要指标
指标	单位	总量	增速
地区生产总值	亿元	1862.4	5.4
进出口总值	亿元	97.4	-3.1""",
        "示例市上半年主要指标",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a sentence in pieces",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div><p><span>　　</span><span>今年上半年，</span><span>示例市新签约项目<b>35</b>个，</span><span>总投资<i>120.5</i>亿元，同比增长6.2%。</span></p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "source and day under the text",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="v"><h1>示例市上半年签约项目35个</h1><video></video><div class="desc">今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</div><div class="meta">2025-07-18 16:20 来源：示例日报 播放 3.5万</div></div><div class="rec"><a>某县签约88个</a></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a column of sentences beside",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><table width=100%><tr><td width=20%><p>领导简介</p><p>示例，男，汉族，1970年生，曾任示例县委书记，现任示例市市长，主持市政府全面工作，负责审计等方面工作，分管市审计局。</p></td><td><center><b>示例市上半年签约项目35个</b></center><center>2025-07-18 来源：示例日报</center><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></td></tr></table><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "no heading, no window, no source",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head><body>
<div class="t1">示例市上半年签约项目35个</div><div>2025-07-18</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "",
        date(2025, 7, 18),
    ),
    Raw(
        "a window that names the site",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市人民政府门户网站</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div class="bt">示例市上半年签约项目35个</div><div>日期：2025-07-18 来源：示例日报</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a colon in the title",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市：上半年签约项目35个-示例日报网</title></head><body>
<h1>示例市：上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市：上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市：上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "three lines of a title",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h3>——示例市经济运行观察</h3><h1>示例市上半年签约项目35个</h1><h2>总投资120.5亿元 带动就业1200人</h2><div class="info">2025-07-18 16:20 来源：示例日报</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """——示例市经济运行观察
示例市上半年签约项目35个
总投资120.5亿元 带动就业1200人
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "text inside a picture",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><svg><text>9999家</text></svg><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "comments around the body",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<!--[if lt IE 9]><p>您的浏览器版本过低，共999个</p><![endif]--><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><!--正文开始--><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p><!--正文结束--></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a picture in the source",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>来源：<a><img src="l.png"></a><a>示例日报</a>　时间：2025-07-18 16:20　<a>我要评论</a>(35)</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "author, day, source in a line",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>作者：某某　　2025-07-18　　稿件来源：示例日报　点击：350</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "day, bar, paper",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025/07/18 | 示例日报</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "paper, slash, day",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例网</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>示例日报 / 2025.07.18</div><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
)
