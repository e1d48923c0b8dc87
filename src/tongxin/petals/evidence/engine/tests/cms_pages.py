"""Invented pages as common systems of Chinese publishers give them, each with what a reader of it would read.

All names and figures are invented (示例). `WANTED` are the lines of the body with the title; nothing else may stand in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Raw:
    """A page as crawled, and what it is."""

    name: str
    page: str
    wanted: str
    title: str
    publisher: str
    published: date
    reposted: date | None = None
    charset: str = "utf-8"


DISTRICT = Raw(
    "a district government: moving notices, font size, print, share, previous and next, friends, counters",
    """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>示例区上半年签约项目35个_工作动态_示例区人民政府</title>
<meta name="SiteName" content="示例区人民政府"/><meta name="ArticleTitle" content="示例区上半年签约项目35个"/>
<meta name="PubDate" content="2025-07-18 16:20"/><meta name="ContentSource" content="示例区融媒体中心"/>
<style>.a{color:red}</style></head><body onload="init()">
<div id="header"><div class="logo"><h1>示例区人民政府</h1></div><span id="date">今天是2025年9月3日 星期三</span>
<marquee>通知：示例区将新建充电桩999个</marquee></div>
<ul id="nav"><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li><li><a href="/b">营商环境</a></li></ul>
<div class="dqwz">当前位置：<a href="/">首页</a>&nbsp;&gt;&nbsp;<a>工作动态</a></div>
<div class="xl_main"><div class="xl_tit">示例区上半年签约项目35个</div>
<div class="xl_info"><span>来源：示例区融媒体中心</span><span>发布时间：2025-07-18 16:20</span><span>浏览次数：<script>document.write(1)</script>4321</span>
<span>字号：[ <a>大</a> <a>中</a> <a>小</a> ]</span></div>
<div class="xl_con TRS_Editor"><style type="text/css">.TRS_Editor P{line-height:2}</style>
<p>&nbsp;&nbsp;&nbsp;&nbsp;今年上半年，示例区新签约项目35个，总投资120.5亿元，同比增长6.2%。</p>
<p style="text-align:center"><img src="1.jpg" alt="图片2000张"/></p>
<p style="text-align:center">图为示例产业园。示例摄</p>
<p>　　下一步，示例区将新建公园6个，<a href="/x">示例产业园</a>将引进企业40家。</p>
<p>&nbsp;</p><p style="text-align:right">（责任编辑：示例）</p></div>
<div class="xl_tools"><a>【打印本页】</a><a>【关闭窗口】</a></div>
<div class="bdsharebuttonbox">分享到：<a>微信</a><a>微博</a></div>
<div class="xl_page"><p>上一篇：<a href="1">示例区去年签约项目88个</a></p><p>下一篇：<a href="2">没有了</a></p></div></div>
<div class="xg_list"><h3>相关新闻</h3><ul><li><a href="3">示例市新增企业5600家</a><span>2025-06-01</span></li></ul></div>
<div id="footer">主办：示例区人民政府办公室　示ICP备00000001号　网站标识码：0000000001　您是第 208841 位访客</div></body></html>""",
    """示例区上半年签约项目35个
今年上半年，示例区新签约项目35个，总投资120.5亿元，同比增长6.2%。
下一步，示例区将新建公园6个，示例产业园将引进企业40家。""",
    "示例区上半年签约项目35个",
    "示例区融媒体中心",
    date(2025, 7, 18),
)

COMMUNIQUE = Raw(
    "a statistics bureau: GBK, nested tables for the layout, a table of figures pasted from Word, signature",
    """<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>示例市2024年国民经济和社会发展统计公报</title></head>
<body><table width=1000><tr><td>您现在的位置：首页 &gt;&gt; 统计公报</td></tr></table>
<table width=1000><tr><td align=center class=title>示例市2024年国民经济和社会发展统计公报</td></tr>
<tr><td align=center>发布日期：2025-03-28　来源：示例市统计局　【字体：大 中 小】</td></tr>
<tr><td class=content><P class=MsoNormal style="TEXT-INDENT: 2em"><SPAN>2024</SPAN><SPAN>年，全市地区生产总值</SPAN><SPAN lang=EN-US>3862.4</SPAN><SPAN>亿元，
  比上年增长</SPAN><SPAN>5.4%</SPAN><SPAN>，经济运行总体平稳。</SPAN></P>
<P><B>一、农业</B></P><P>全年粮食产量<FONT color=red>120.5</FONT>万吨，增长2.1%，其中夏粮40.2万吨。<o:p></o:p></P>
<TABLE border=1><TBODY><TR><TD><P>指标</P></TD><TD><P>单位</P></TD><TD><P>绝对数</P></TD><TD><P>增速（%）</P></TD></TR>
<TR><TD><P>粮食</P></TD><TD><P>万吨</P></TD><TD><P align=right>120.5</P></TD><TD><P align=right>2.1</P></TD></TR>
<TR><TD><P>蔬菜</P></TD><TD><P>万吨</P></TD><TD><P align=right>88.0</P></TD><TD><P align=right>-1.3</P></TD></TR></TBODY></TABLE>
<P>注：本公报数据均为初步统计数，部分数据因四舍五入，存在总计与分项合计不等的情况。</P>
<P align=right>示例市统计局</P><P align=right>2025年3月27日</P></td></tr></table>
<table width=1000><tr><td>相关文章：</td></tr><tr><td>· <a href=1>示例市2023年地区生产总值3650.1亿元</a> 2024-03-20</td></tr></table>
<table class=foot><tr><td>版权所有：示例市统计局 更新于2019-06-12</td></tr></table></body></html>""",
    """示例市2024年国民经济和社会发展统计公报
2024年，全市地区生产总值3862.4亿元，比上年增长5.4%，经济运行总体平稳。
一、农业
全年粮食产量120.5万吨，增长2.1%，其中夏粮40.2万吨。
指标	单位	绝对数	增速（%）
粮食	万吨	120.5	2.1
蔬菜	万吨	88.0	-1.3
注：本公报数据均为初步统计数，部分数据因四舍五入，存在总计与分项合计不等的情况。
示例市统计局
2025年3月27日""",
    "示例市2024年国民经济和社会发展统计公报",
    "示例市统计局",
    date(2025, 3, 28),
    charset="gb18030",
)

ACCOUNT = Raw(
    "an account on mp.weixin.qq.com: body hidden until its script runs, sections of sections, name and day in scripts",
    """<!DOCTYPE html><html><head><meta charset="utf-8"><meta property="og:title" content="示例新城，又近了！"/>
<meta property="og:site_name" content="微信公众平台"/><meta property="og:article:author" content="示例"/><title></title>
<script>var nickname = htmlDecode("示例发布"); var ct = "1745107200"; var msg_title = '示例新城，又近了！'.html(false);</script></head>
<body id="activity-detail"><div id="js_article" class="rich_media"><div class="rich_media_inner">
<h1 class="rich_media_title" id="activity-name">
    示例新城，又近了！
</h1>
<div id="meta_content" class="rich_media_meta_list"><span class="rich_media_meta rich_media_meta_text">示例</span>
<span class="rich_media_meta rich_media_meta_nickname" id="profileBt"><a href="javascript:void(0);" id="js_name">示例发布</a></span>
<em id="publish_time" class="rich_media_meta rich_media_meta_text"></em></div>
<div class="rich_media_content js_underline_content" id="js_content" style="visibility: hidden; opacity: 0; ">
<section style="text-align:center"><span>点击上方蓝字关注我们</span></section>
<section><section><p><span style="font-size: 15px;">早上6点40分，示例新城的上班族坐上快巴，50分钟后到达市中心。</span></p></section>
<section><p><br></p></section><section><p><span>今年以来，</span><strong><span>新开线路12条</span></strong><span>，日均客流1.9万人次，比去年增长两成。</span></p></section></section>
<p style="display: none;"><mp-style-type data-value="3"></mp-style-type>共9999字</p>
<section><p>来源 | 示例区融媒体中心</p><p>编辑 | 示例　审核 | 示例</p></section>
<section><p>往期推荐</p><p><a href="https://example.org/s">示例县新开公交8条 惠及居民2万人</a></p></section></div>
<script>var first_sceen__time = (+new Date());</script></div></div>
<div id="js_pc_qr_code" class="qr_code_pc">微信扫一扫<br>关注该公众号</div><div class="like">阅读 1.2万 在看 316</div></body></html>""",
    """示例新城，又近了！
早上6点40分，示例新城的上班族坐上快巴，50分钟后到达市中心。
今年以来，新开线路12条，日均客流1.9万人次，比去年增长两成。""",
    "示例新城，又近了！",
    "示例发布",
    date(2025, 4, 20),
)

MIRROR = Raw(
    "a mirror: its own name as heading, hot lists with figures, shares, links far off the screen, its own day over the source",
    """<html><head><meta charset="utf-8"><title>示例新区建设五年 新城拔节生长_示例资讯网</title></head><body>
<h1><a href="/">示例资讯网</a></h1><div class="menu"><a>首页</a>|<a>资讯</a>|<a>招商</a></div>
<div class="side"><h4>热点</h4><ul><li>2019-05-20 招商政策解读</li><li>2018-11-02 示例市前11个月新签约项目119个</li><li>某某股份 603999 40.5 ↑</li></ul></div>
<div class="main"><h2>示例新区建设五年 新城拔节生长</h2><p class="t">发布时间:2025-08-23 14:02:11 已有 3412 人围观 分享到:</p>
<p>来源:示例日报 2025-04-01 07:36 记者 示例</p>
<p>示例新区设立五年来，累计实施重点项目412个，完成投资823亿元，开发面积覆盖21.5平方公里。</p>
<p>今年一季度，新区固定资产投资同比增长11.6%，一般公共预算收入18.9亿元，增长14.2%。</p>
<p>声明:本文转载自网络,如有侵权请联系删除。</p></div>
<div class="hot-news"><h3>热门排行</h3><ol><li><a>示例县今年签约86个项目</a></li><li><a>示例市外贸增长19.3%</a></li></ol></div>
<div style="position:fixed;left:-3000px"><a>示例广告一</a><a>示例广告二</a></div>
<div class="foot">Copyright © 2016-2025 版权所有 电话:000-5556666</div></body></html>""",
    """示例新区建设五年 新城拔节生长
示例新区设立五年来，累计实施重点项目412个，完成投资823亿元，开发面积覆盖21.5平方公里。
今年一季度，新区固定资产投资同比增长11.6%，一般公共预算收入18.9亿元，增长14.2%。""",
    "示例新区建设五年 新城拔节生长",
    "示例日报",
    date(2025, 4, 1),
    date(2025, 8, 23),
)

BREAKS = Raw(
    "paragraphs by br, indented by nbsp and emsp, pages of one article, a comment with figures, a form around all",
    """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例县交通建设提速 - 示例县人民政府网</title></head>
<body><form id="aspnetForm" method="post"><input type="hidden" value="999个"/><div class="wrap">
<div class="newstitle">示例县交通建设提速</div><div class="newsinfo">时间：2025/4/20 9:05:00　来源：示例县交通运输局　点击数：3057</div>
<div id="zoom"><!-- 旧稿：完成投资888亿元 -->&emsp;&emsp;今年一季度，示例县完成交通投资4.7亿元，同比增长12.5%。<br><br>&nbsp;&nbsp;&nbsp;&nbsp;新改建农村公路86公里，
新增停车位1200个。<br/>
　　预计年底前，跨河大桥建成通车，全长1.2公里。<br><br>
<div class="pages">共3页 <a>首页</a> <a>上一页</a> <b>1</b> <a>2</a> <a>3</a> <a>下一页</a> <a>尾页</a></div></div>
<noscript>请开启JavaScript后浏览，共777条</noscript></div></form>
<div class="bottom">技术支持：示例科技 联系电话：0000-1234567</div></body></html>""",
    """示例县交通建设提速
今年一季度，示例县完成交通投资4.7亿元，同比增长12.5%。
新改建农村公路86公里，新增停车位1200个。
预计年底前，跨河大桥建成通车，全长1.2公里。""",
    "示例县交通建设提速",
    "示例县交通运输局",
    date(2025, 4, 20),
)

DOCUMENT = Raw(
    "an open document: a table with number and office over it, attachments under it, hidden reading aid",
    """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例县2026年工作要点 - 示例县人民政府</title></head><body>
<div class="nav"><a>首页</a><a>政务公开</a></div><table class="idx"><tr><td>索引号：</td><td>000/2026-31</td><td>发文机关：</td><td>示例县人民政府办公室</td></tr>
<tr><td>文号：</td><td>示政办〔2026〕9号</td><td>发布日期：</td><td>2026-02-27</td></tr></table><h1>示例县2026年工作要点</h1>
<div class="article-content"><p>2025年，全县新签约项目76个，总投资283亿元。为做好2026年工作，制定本要点。</p><p>一、产业协同</p>
<p>1.全年引进亿元以上项目50个，固定资产投资增长6.5%左右。</p><div style="display:none" id="voice">朗读全文约3分钟</div>
<div class="fujian">附件：<a href="1.xls">1.任务分解表.xls</a></div></div>
<div class="rel">推荐阅读<br/>2025年全县一般公共预算收入完成31.2亿元 2026-01-30</div><footer>您是第 208841 位访客</footer></body></html>""",
    """示例县2026年工作要点
2025年，全县新签约项目76个，总投资283亿元。为做好2026年工作，制定本要点。
一、产业协同
1.全年引进亿元以上项目50个，固定资产投资增长6.5%左右。""",
    "示例县2026年工作要点",
    "示例县人民政府办公室",
    date(2026, 2, 27),
)

NEWSPAPER = Raw(
    "a paper: data for search engines, article and aside, a caption under a figure, comments of readers",
    """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>甲乙两地通勤更便捷-要闻-示例新闻网</title>
<link rel="canonical" href="https://www.example.org/c/2025-06-12/100001.shtml">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"甲乙两地通勤更便捷","datePublished":"2025-06-12T06:30:00+08:00","dateModified":"2025-07-01T08:00:00+08:00","publisher":{"@type":"Organization","name":"示例日报"}}</script></head>
<body><header class="site-header"><a href="/">示例新闻网</a><form><input name="q"></form></header>
<main><article class="article"><header><h1>甲乙两地通勤更便捷</h1><div class="article-meta"><time datetime="2025-06-12">2025年06月12日 06:30</time></div></header>
<p>本报讯 截至5月底，甲乙两地开通跨区公交线路15条，每天发车386班次。</p>
<figure><img src="b.jpg"><figcaption>△ 6月11日，乘客在示例站候车。示例摄</figcaption></figure>
<p>其中，3条线路由12分钟一班缩短至8分钟一班，日均客流1.2万人次。</p>
<div class="article-tags">标签：<a>公交</a> <a>通勤</a></div><div class="article-share"><button>分享</button><span>扫码阅读手机版</span></div></article>
<aside><h3>24小时热文</h3><ul><li><a>示例市一季度GDP增长5.9%</a></li></ul></aside>
<section class="comments"><h3>网友评论</h3><p>网友a***7：我等了40分钟，太久了，希望再多开几条线路，谢谢。</p></section></main>
<footer>Copyright © 1999-2025 示例新闻网 违法和不良信息举报电话：000-12345</footer></body></html>""",
    """甲乙两地通勤更便捷
本报讯 截至5月底，甲乙两地开通跨区公交线路15条，每天发车386班次。
其中，3条线路由12分钟一班缩短至8分钟一班，日均客流1.2万人次。""",
    "甲乙两地通勤更便捷",
    "示例日报",
    date(2025, 6, 12),
)

PORTAL = Raw(
    "a portal that copies: each paragraph in a box of its own, advertisements between, its day, the original's address",
    """<html><head><meta charset="utf-8"><title>示例港前5月吞吐量增长8.3%_示例门户</title><meta property="og:site_name" content="示例门户"></head>
<body><div class="topbar">登录 注册 客户端</div><div class="article-box"><h1 class="headline">示例港前5月吞吐量增长8.3%</h1>
<div class="byline">2025-09-30 11:20 示例门户</div>
<div class="para">示例社示例市6月9日电 记者从示例港集团获悉，今年前5个月，示例港完成货物吞吐量1.2亿吨，增长8.3%。</div>
<div class="ad-slot"><a href="/ad">广告 限时特价99元</a></div>
<div class="para">同期，集装箱吞吐量达212万标准箱，新增航线7条，其中外贸航线3条。</div>
<div class="para">原文链接：<a href="https://news.example.org/2025-06/09/c_100.htm">https://news.example.org/2025-06/09/c_100.htm</a></div></div>
<div class="feed"><a>示例县招商签约63亿元</a><a>示例市房价下降2.1%</a><a>某地新增学校12所</a></div></body></html>""",
    """示例港前5月吞吐量增长8.3%
示例社示例市6月9日电 记者从示例港集团获悉，今年前5个月，示例港完成货物吞吐量1.2亿吨，增长8.3%。
同期，集装箱吞吐量达212万标准箱，新增航线7条，其中外贸航线3条。""",
    "示例港前5月吞吐量增长8.3%",
    "示例社",
    date(2025, 6, 9),
    date(2025, 9, 30),
)

MONTHLY = Raw(
    "a monthly table with little text, its head in th, rows in a list of boxes around it",
    """<!DOCTYPE html><html><head><meta charset="utf-8"><title>1—5月主要指标_数据发布_示例市统计局</title></head><body>
<div class="breadcrumb"><a>首页</a> / <a>数据发布</a> / 月度数据</div><div class="detail"><h2 class="detail-title">1—5月主要指标</h2>
<div class="detail-info">发布时间：2025-06-20 10:00 信息来源：示例市统计局 <a>打印</a> <a>收藏</a></div><div class="detail-body">
<p>1—5月，全市经济运行总体平稳，规模以上工业增加值同比增长6.1%。</p>
<table class="table"><thead><tr><th>指标</th><th>1—5月</th><th>同比增长（%）</th></tr></thead><tbody>
<tr><td>固定资产投资（亿元）</td><td>312.6</td><td>4.8</td></tr><tr><td>社会消费品零售总额（亿元）</td><td>288.0</td><td>5.2</td></tr>
<tr><td>进出口总值（亿元）</td><td>97.4</td><td>-3.1</td></tr></tbody></table></div>
<ul class="prev-next"><li>上一条：1—4月主要指标</li><li>下一条：没有了</li></ul></div>
<div class="links">友情链接：<a>甲市统计局</a><a>乙市统计局</a></div></body></html>""",
    """1—5月主要指标
1—5月，全市经济运行总体平稳，规模以上工业增加值同比增长6.1%。
指标	1—5月	同比增长（%）
固定资产投资（亿元）	312.6	4.8
社会消费品零售总额（亿元）	288.0	5.2
进出口总值（亿元）	97.4	-3.1""",
    "1—5月主要指标",
    "示例市统计局",
    date(2025, 6, 20),
)

OLD = Raw(
    "an old page: capitals, no quotes, unclosed paragraphs and cells, a stray quote, frames by font",
    """<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gbk"><TITLE>示例镇生态治理见成效</TITLE></HEAD>
<BODY BGCOLOR=#FFFFFF><CENTER><TABLE BORDER=0 WIDTH=760><TR><TD WIDTH=160 CLASS=leftmenu><A HREF=1>镇情概况</A><BR><A HREF=2>招商引资</A><BR><A HREF=3>2023年完成税收5亿元</A>
<TD WIDTH=600><P ALIGN=CENTER><FONT SIZE=5><B>示例镇生态治理见成效</B></FONT><P ALIGN=CENTER><FONT SIZE=2>[2024-11-05] 作者：示例 来源：示例县人民政府</FONT>
<P STYLE=text-indent:2em">　　截至10月底，示例镇完成造林1.3万亩，森林覆盖率达到31%，比年初提高2个百分点。
<P>　　全镇新建湿地公园2处，治理河道18公里，PM2.5平均浓度下降5.3%。<P ALIGN=RIGHT>【<A HREF=javascript:window.print()>打印</A>】【<A HREF=javascript:window.close()>关闭</A>】
</TABLE><HR><FONT SIZE=1>地址：示例路18号 邮编：000000</FONT></CENTER></BODY></HTML>""",
    """示例镇生态治理见成效
截至10月底，示例镇完成造林1.3万亩，森林覆盖率达到31%，比年初提高2个百分点。
全镇新建湿地公园2处，治理河道18公里，PM2.5平均浓度下降5.3%。""",
    "示例镇生态治理见成效",
    "示例县人民政府",
    date(2024, 11, 5),
    charset="gb18030",
)

RAW = (DISTRICT, COMMUNIQUE, ACCOUNT, MIRROR, BREAKS, DOCUMENT, NEWSPAPER, PORTAL, MONTHLY, OLD)
