"""Invented pages of aggregators, agencies, papers and offices, each with what a reader of it would read. All names and figures are invented (示例)."""

from __future__ import annotations

from datetime import date

from tongxin.petals.evidence.engine.tests.cms_pages import Raw

SITES = (
    Raw(
        "a government: day and source in one line, the body in a box with an id",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_部门动态_示例市人民政府</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div class="pages-title">示例市上半年签约项目35个</div><div class="pages-date">2025-07-18 16:20 <span class="font">来源： 示例市发展改革委</span><span>【字体：<a>大</a> <a>中</a> <a>小</a>】</span><a>打印</a></div><div class="pages_content" id="UCAP-CONTENT"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="pages_print">扫一扫在手机打开当前页</div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例市发展改革委",
        date(2025, 7, 18),
    ),
    Raw(
        "an agency: the day in pieces",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个-示例网</title></head><body>
<div class="header-top"><div class="header-time left"><span class="year"><em> 2025</em></span><span class="day"><em>07</em>/<em>18</em></span><span class="time">16:20:35</span></div><div class="source">来源：示例网</div></div><div class="head-line clearfix"><h1><span class="title">示例市上半年签约项目35个</span></h1></div><div class="main clearfix"><div class="main-left left"><div id="detail"><span id="detailContent"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></span><div id="articleEdit"><span class="tiyi1"><a>【纠错】</a></span><span class="editor">【责任编辑:示例】</span></div></div></div><div class="main-right"><div class="columBox"><ul><li><a>某地新增企业9999家</a></li></ul></div></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例网",
        date(2025, 7, 18),
    ),
    Raw(
        "an agency: day, bar and source as a link",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个--示例频道--示例网</title></head><body>
<div class="path"><a>示例网</a>&gt;&gt;<a>示例频道</a></div><div class="rm_txt cf"><div class="col col-1 fl"><h1>示例市上半年签约项目35个</h1><div class="author cf"></div><div class="channel cf"><div class="col-1-1 fl">2025年07月18日16:20 | 来源：<a>示例日报</a></div><div class="col-1-2">小字号</div></div><div class="rm_txt_con cf"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p><div class="edit cf">(责编：某甲、某乙)</div></div><div class="share cf">分享让更多人看到</div><div class="rm_relevant"><h2>相关新闻</h2><ul><li><a>示例县签约88个项目</a></li></ul></div></div><div class="col col-2 fr"><h2>热门排行</h2><ol><li><a>示例县人均收入突破4万元</a></li></ol></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an aggregator: day, dot, name, then comments",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个 - 示例头条</title></head><body>
<div id="root"><div class="header">示例头条 首页 关注 推荐</div><div class="article-content"><h1>示例市上半年签约项目35个</h1><div class="article-meta"><span>2025-07-18 16:20</span><span class="dot">·</span><span class="name"><a href="/c/user">示例日报</a></span></div><article class="syl-article-base syl-page-article"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></article></div><div class="comment-area"><p>用户甲：我在示例市住了20年，变化真的很大，希望越来越好。</p><p>用户乙：签约35个，落地多少个？希望多说说落地情况，谢谢。</p></div><div class="right-sidebar"><div class="author-info"><span>示例日报</span><span>获赞 12.3万</span><span>粉丝 40万</span></div><ul><li><a>示例县GDP突破500亿</a></li></ul></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an aggregator: source as a link, a way back",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_企业_项目_示例市</title></head><body>
<div class="left sidebar"><h4>示例日报</h4><em>1.2万文章</em><em>35亿总阅读</em></div><div class="left main"><div class="text" id="article-container"><div class="text-title"><h1>示例市上半年签约项目35个<span class="article-tag"></span></h1><div class="article-info"><span class="time" id="news-time">2025-07-18 16:20</span> <span>来源: <a>示例日报</a></span> 发布于：<span>北京市</span></div></div><article class="article" id="mp-editor"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p><p data-role="editor-name">责任编辑：<span>示例</span></p><a href="//x" id="backsohucom">返回示例，查看更多</a></article><div class="statement">平台声明：该文观点仅代表作者本人，示例号系信息发布平台，示例仅提供信息存储空间服务。</div></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an aggregator: source and place side by side",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个|示例市|项目_示例订阅</title></head><body>
<div class="post_main"><h1 class="post_title">示例市上半年签约项目35个</h1><div class="post_info">2025-07-18 16:20:11　来源: <a>示例日报</a><a>天津</a> <a>举报</a></div><div class="post_body"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="post_statement"><div>特别声明：以上内容(如有图片或视频亦包括在内)为自媒体平台“示例号”用户上传并发布，本平台仅提供信息存储服务。</div><div>Notice: The content above (including the pictures and videos if any) is uploaded and posted by a user of an account, which is a social media platform and only provides information storage services.</div></div><div class="post_recommends"><h3>相关推荐</h3><a>某县新增9999家企业</a></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an aggregator: day and a link without label",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例新闻_示例网</title></head><body>
<div class="main-content w1240"><h1 class="main-title">示例市上半年签约项目35个</h1><div class="top-bar-inner"><div class="date-source"><span class="date">2025年07月18日 16:20</span> <a class="source ent-source">示例日报</a></div><div class="page-tools">缩小字体 放大字体 收藏 微博 微信 分享 0</div></div><div class="article-content clearfix"><div class="article-content-left"><div class="article" id="article"><p>　　原标题：示例市上半年签约项目35个</p><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p><p class="show_author">责任编辑：某某 </p></div><div class="article-bottom"><div class="keywords">文章关键词：<a>项目</a></div></div></div></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an aggregator: account, day and place in boxes without meaning",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="_2Wctx"><div class="sKHSJ">示例市上半年签约项目35个</div><div class="_1Xye_"><p data-testid="author-name"><span>示例日报</span></p><div><span data-testid="updatetime">2025-07-18 16:20</span><span>天津</span><span>示例日报官方账号</span></div><div class="_btn">关注</div></div><div class="_18p7x" data-testid="article"><div class="dpu8C _2kCxD"><p><span class="bjh-p">今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</span></p></div><div class="dpu8C _2kCxD"><p><span class="bjh-p">示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</span></p></div><div class="dpu8C _2kCxD"><p><span class="bjh-p">下一步，示例市将新建公园6个，改造老旧小区18个。</span></p></div><div class="_2U6Rs">举报/反馈</div></div></div><div class="_3Z1Iv"><h3>作者最新文章</h3><div><a>某县新增企业9999家</a><span>7小时前</span></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an account as a browser saves it, without scripts",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div id="js_article"><h1 class="rich_media_title" id="activity-name">示例市上半年签约项目35个</h1><div id="meta_content"><span class="rich_media_meta rich_media_meta_text">原创</span><span class="rich_media_meta rich_media_meta_nickname"><a id="js_name">示例发布</a></span><em id="publish_time">2025年7月18日 16:20</em><em id="js_ip_wording">天津</em></div><div class="rich_media_content" id="js_content" style="visibility: hidden;"><section data-tool="x"><section style="display:none">9999家</section><p><img data-src="https://x/1.jpg" data-ratio="0.5"></p><section><span leaf="">今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</span></section><section><span leaf="">示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</span></section><section><span leaf=""><br></span></section><section><span leaf="">下一步，示例市将新建公园6个，改造老旧小区18个。</span></section><p>来源：示例市融媒体中心</p><p>编辑：某某</p></section></div></div><div id="js_pc_qr_code">微信扫一扫<br>关注该公众号</div><div class="wx_profile_card">示例发布 向上滑动看下一个</div><div>知道了</div><div>微信扫一扫使用小程序</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例发布",
        date(2025, 7, 18),
    ),
    Raw(
        "the edition of a paper: its pages beside, the day with its weekday",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例日报数字报-示例市上半年签约项目35个</title></head><body>
<table><tr><td valign="top"><table><tr><td>第03版：要闻</td><td><a>上一版</a> <a>下一版</a></td></tr><tr><td><ul><li><a>示例市上半年签约项目35个</a></li><li><a>示例县新增学校9所</a></li><li><a>广告</a></li></ul></td></tr><tr><td>第01版：头版</td></tr><tr><td>第02版：综合</td></tr></table></td><td valign="top"><table><tr><td>2025年07月18日 星期五</td><td>出版</td></tr><tr><td><a>上一篇</a> <a>下一篇</a> <a>放大</a> <a>缩小</a> <a>默认</a></td></tr><tr><td class="font02">——示例市经济观察</td></tr><tr><td class="font01">示例市上半年签约项目35个</td></tr><tr><td class="font02"></td></tr><tr><td><div id="ozoom"><founder-content><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></founder-content></div></td></tr></table></td></tr></table><div>示例日报社版权所有 未经授权不得转载</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "the edition of a paper: paper, day, page in a line",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个  示例晚报</title></head><body>
<div class="main"><div class="left"><p>2025年07月18日　星期五</p><p>A05：民生</p><p>版面目录</p><ul><li><a>A01：头版</a></li><li><a>A02：要闻</a></li></ul></div><div class="right"><h1>示例市上半年签约项目35个</h1><h2>12条线路惠及4.8万人</h2><p class="info">示例晚报　2025-07-18　A05版　字数：512</p><div class="article"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例晚报",
        date(2025, 7, 18),
    ),
    Raw(
        "a cell, a window that names nothing",
        """<html><head><title>信息浏览</title></head><body>
<table width=98%><tr><td height=40 align=center><font size=4>示例市上半年签约项目35个</font></td></tr><tr><td align=center>时间：2025-07-18 来源：示例市商务局 浏览：<span id=hits>35</span>次</td></tr><tr><td><hr></td></tr><tr><td class=zw>&nbsp;&nbsp;&nbsp;&nbsp;今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。<BR>&nbsp;&nbsp;&nbsp;&nbsp;示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。<BR>&nbsp;&nbsp;&nbsp;&nbsp;下一步，示例市将新建公园6个，改造老旧小区18个。</td></tr><tr><td align=right>[<a href=#>打印</a>] [<a>关闭</a>]</td></tr></table></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例市商务局",
        date(2025, 7, 18),
    ),
    Raw(
        "lines as written in pre",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>发布日期：2025-07-18 来源：示例市统计局</div><pre>　　今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
　　示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
　　下一步，示例市将新建公园6个，改造老旧小区18个。</pre><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例市统计局",
        date(2025, 7, 18),
    ),
    Raw(
        "lines as written by style",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>发布日期：2025-07-18 来源：示例市统计局</div><div style="white-space: pre-wrap">　　今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
　　示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
　　下一步，示例市将新建公园6个，改造老旧小区18个。</div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例市统计局",
        date(2025, 7, 18),
    ),
    Raw(
        "a short body over long disclaimers",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例资讯网</title></head><body>
<div class="wrap"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="con"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div><div class="mzsm"><p>免责声明：本网转载内容均注明出处，转载是出于传递更多信息之目的，并不意味着赞同其观点或证实其描述，文章内容仅供参考，不构成任何投资建议，投资者据此操作，风险自担。</p><p>版权声明：凡本网注明来源的作品，版权均属于本网，未经授权，任何媒体、网站及个人不得转载、链接、转贴或以其他方式使用，违者将依法追究责任，如涉及作品版权问题，请与我们联系，我们将在第一时间处理。</p></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a short body over abstracts of others",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例资讯网</title></head><body>
<div class="wrap"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div class="con"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div><div class="more"><h3>猜你喜欢</h3><dl><dt><a href="1">示例县1月新增企业100家</a></dt><dd>示例县今年1月新增企业100家，总量达到1万家，同比增长1%，其中服务业占比过半，增势明显。</dd></dl><dl><dt><a href="2">示例县2月新增企业200家</a></dt><dd>示例县今年2月新增企业200家，总量达到2万家，同比增长2%，其中服务业占比过半，增势明显。</dd></dl><dl><dt><a href="3">示例县3月新增企业300家</a></dt><dd>示例县今年3月新增企业300家，总量达到3万家，同比增长3%，其中服务业占比过半，增势明显。</dd></dl><dl><dt><a href="4">示例县4月新增企业400家</a></dt><dd>示例县今年4月新增企业400家，总量达到4万家，同比增长4%，其中服务业占比过半，增势明显。</dd></dl><dl><dt><a href="5">示例县5月新增企业500家</a></dt><dd>示例县今年5月新增企业500家，总量达到5万家，同比增长5%，其中服务业占比过半，增势明显。</dd></dl></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a short body over many comments",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例资讯网</title></head><body>
<div class="wrap"><h1>示例市上半年签约项目35个</h1><div class="info">2025-07-18 16:20 来源：示例日报</div><div id="artibody"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></div><div id="pl-area"><h3>网友评论（35条）</h3><div class="pl-item"><span>示例网友1</span><p>我觉得示例市这几年变化很大，以前每天上班要走10分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(1)</span></div><div class="pl-item"><span>示例网友2</span><p>我觉得示例市这几年变化很大，以前每天上班要走20分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(2)</span></div><div class="pl-item"><span>示例网友3</span><p>我觉得示例市这几年变化很大，以前每天上班要走30分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(3)</span></div><div class="pl-item"><span>示例网友4</span><p>我觉得示例市这几年变化很大，以前每天上班要走40分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(4)</span></div><div class="pl-item"><span>示例网友5</span><p>我觉得示例市这几年变化很大，以前每天上班要走50分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(5)</span></div><div class="pl-item"><span>示例网友6</span><p>我觉得示例市这几年变化很大，以前每天上班要走60分钟，现在只要一半，希望以后再多开几条线路，让大家都方便。</p><span>2小时前 回复 赞(6)</span></div></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "words of the body are links",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>2025-07-18 来源：示例日报</div><div class="c"><p>今年上半年，<a href="/x">示例市</a>新签约<a href="/y">项目</a>35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，<a href="/x">示例市</a>将新建公园6个，改造老旧小区18个。</p></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "paragraphs as a list",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>2025-07-18 来源：示例日报</div><ul class="list"><li>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</li><li>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</li><li>下一步，示例市将新建公园6个，改造老旧小区18个。</li></ul><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a body in parts",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div class="art"><h1>示例市上半年签约项目35个</h1><div>2025-07-18 来源：示例日报</div><div class="content"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p></div><div class="pic"><img src=1.jpg><p>示例产业园一角</p></div><div class="content"><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div><div class="content"><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园一角
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "a body that a script shows",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>2025-07-18 来源：示例日报</div><div id="abs">点击展开全文</div><div class="content" style="display:none"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "half of the body is folded",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><h1>示例市上半年签约项目35个</h1><div>2025-07-18 来源：示例日报</div><div class="content fold" style="height:500px;overflow:hidden"><p>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><div style="display:none" class="rest"><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p><p>下一步，示例市将新建公园6个，改造老旧小区18个。</p></div><div class="unfold-btn">展开全文</div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "open data: an index over a table of figures",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市2025年6月主要经济指标_数据开放_示例市统计局</title></head><body>
<div class="nav"><a href="/">首页</a><a>政务公开</a><a>互动交流</a><a>走进示例</a></div><div class="xxgk"><table class="syh"><tr><td>索引号</td><td>000-2025-001</td><td>主题分类</td><td>统计</td></tr><tr><td>发布机构</td><td>示例市统计局</td><td>发文日期</td><td>2025-07-18</td></tr><tr><td>名称</td><td colspan=3>示例市2025年6月主要经济指标</td></tr></table><div class="zw"><table border=1><tr><td>指标名称</td><td>计量单位</td><td>1-6月</td><td>同比增长(%)</td></tr><tr><td>地区生产总值</td><td>亿元</td><td>1862.4</td><td>5.4</td></tr><tr><td>固定资产投资</td><td>亿元</td><td>612.3</td><td>4.1</td></tr><tr><td>社会消费品零售总额</td><td>亿元</td><td>730.8</td><td>6.0</td></tr></table></div></div><div class="footer">主办：示例市人民政府办公室 技术支持：示例市大数据中心 备案号：示ICP备00000000号 网站标识码0000000000</div></body></html>""",
        """索引号	000-2025-001	主题分类	统计
发布机构	示例市统计局	发文日期	2025-07-18
名称	示例市2025年6月主要经济指标
指标名称	计量单位	1-6月	同比增长(%)
地区生产总值	亿元	1862.4	5.4
固定资产投资	亿元	612.3	4.1
社会消费品零售总额	亿元	730.8	6.0""",
        "示例市2025年6月主要经济指标",
        "示例市统计局",
        date(2025, 7, 18),
    ),
    Raw(
        "a forum: a post that copies, an answer under it",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个 - 示例论坛</title></head><body>
<div class="pg">返回列表</div><h1 class="ts">示例市上半年签约项目35个</h1><table><tr><td class="pls">示例网友<br>主题 12 帖子 340 积分 5600</td><td class="plc"><div class="pti">发表于 2025-7-18 16:20:11 | 只看该作者</div><div class="t_f">转自示例日报<br>今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。<br>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。<br>下一步，示例市将新建公园6个，改造老旧小区18个。</div></td></tr></table><table><tr><td class="pls">另一网友<br>主题 1</td><td class="plc"><div class="pti">发表于 2025-7-19 09:00</div><div class="t_f">支持，希望更好。</div></td></tr></table></body></html>""",
        """示例市上半年签约项目35个
转自示例日报
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。
下一步，示例市将新建公园6个，改造老旧小区18个。""",
        "示例市上半年签约项目35个",
        "示例日报",
        date(2025, 7, 18),
    ),
    Raw(
        "an agency sent it, another page shows it",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例门户</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025-11-04 09:10　来源：示例门户网</div><div class="c"><p>　　新华社石家庄11月3日电（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></body></html>""",
        """示例市上半年签约项目35个
新华社石家庄11月3日电（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "新华社",
        date(2025, 11, 3),
        date(2025, 11, 4),
    ),
    Raw(
        "a reporter of a paper, on another page",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例门户</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025-11-04 09:10　示例门户</div><div class="c"><p>　　样例都市报记者某某报道：今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></body></html>""",
        """示例市上半年签约项目35个
样例都市报记者某某报道：今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "样例都市报",
        date(2025, 11, 4),
    ),
    Raw(
        "the own news of a paper, on another page",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例门户</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025-11-04 09:10</div><div class="c"><p>　　样例日报讯（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></body></html>""",
        """示例市上半年签约项目35个
样例日报讯（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "样例日报",
        date(2025, 11, 4),
    ),
    Raw(
        "the own news of a paper, on its page",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_样例日报</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025-11-04 09:10</div><div class="c"><p>　　本报讯（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。</p></div></body></html>""",
        """示例市上半年签约项目35个
本报讯（记者 某某）今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。""",
        "示例市上半年签约项目35个",
        "样例日报",
        date(2025, 11, 4),
    ),
    Raw(
        "a reporter of a paper, named at the end",
        """<!DOCTYPE html><html><head><meta charset="utf-8"><title>示例市上半年签约项目35个_示例门户</title></head><body>
<h1>示例市上半年签约项目35个</h1><div>2025-11-04 09:10</div><div class="c"><p>　　今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。</p><p>示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。（样例日报记者 某某 通讯员 某某）</p></div></body></html>""",
        """示例市上半年签约项目35个
今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。
示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。（样例日报记者 某某 通讯员 某某）""",
        "示例市上半年签约项目35个",
        "样例日报",
        date(2025, 11, 4),
    ),
)
