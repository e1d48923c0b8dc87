"""Words by which a clause says what a place in it is: subject, partner, giver, taker, a site, a line."""

from __future__ import annotations

import re

OBJECT = re.compile(
    "(?:引进|承接|吸纳|往返|进入|到|至|直通|通往|连接|前往|[发销输运送]往|来自|吸引|赴|通达|抵达|对接|直达|运抵|毗邻|紧邻|邻近|融入|成立|组建|加入|参与|发起|举办|主办|承办|援建|支援|驰援|与|和|向|对|距|距离|同)$"
)
TARGET = re.compile("(?:引进|承接|吸纳|来自|吸引|对接|对|与|同|向|为|给)$")
PART = re.compile("其中")
PASSED = re.compile("(?<=[，,])(?:途经|起自|连接|串联|经过|贯穿|跨越|横跨)")
LINE = re.compile("起自|起于|始于|[东西南北]起")
GIVEN_TO = re.compile("(?:分别在|专项用于|用于支持|用于|支持|派往|派赴|赶赴|奔赴|前往|赴|在)$")
MINISTRY = re.compile(
    "国家|财政部|[\u4e00-\u9fff]{2,8}部(?![分门队])|总局|总署|委员会|国务院|中央|发展改革委|应急管理部"
)
PARTNER = re.compile(
    "(?:与|同)(?=[^，。；,;]{2,20}(?:共同|联合|合作|签|共建|携手|共享|协同|互[送认派通联访设]|对开|开通|开行|结对))"
)
HANDLED = re.compile("[，,](?:分别|共同)?(?:对|赴|支援|驰援|奔赴|在|为)")
AS = re.compile("(?:作为|身为)[^，。；,;]{2,30}?的(?=[^，。；,;]{2})")
# Places of whom or what others bring: 承接京津转移项目, 引进北京企业, 接待京津游客.
LED = re.compile(
    "(?:引进|引入|承接|签约|吸引|吸纳|接待|落户|入驻|转化|对接|承载|服务|招引|集聚|导入|聚集|(?:^|[，,])(?:为|面向))[^，。；,;、]{0,6}$"
)
OF_OTHERS = re.compile(
    "(?:市|地区|两地|等地)?(?:的)?(?:[^，。；,;、\\d]{0,4})(?:企业|项目|投资|游客|客商|客源|资源|单位|转移|疏解|商户|资本|产业|资金|人才|高校|院所|成果|机构|技术|旅客|患者|老人|市民)"
)
WHOSE = re.compile("(?:市|地区)?(?:籍(?!贯)|来源的?(?:企业|项目|游客|客商|客源|资本|资金|人才))")
# 全省 that something is compared with: 高出全省5.3个百分点
COMPARAND = re.compile(
    "(?:高于|高出|低于|快于|慢于|领先|超出|好于|优于|[居列占]|占(?:到|了)?[^，。；占]{2,4}|位居|位列|名列|排名|排在|稳居|占到)$"
)
WITH_US = re.compile("[与和同](我[市区县省])")
RAIL = re.compile("(?:城际|高铁|铁路|客专)")
# Whom a subject gives to; what it takes from others.
GIVEN = re.compile("(?:(?<!流)向|来自|[销发输送运]往)$")
MOVED = re.compile("[^，。；]{0,8}(?:疏解|转移|迁移|搬迁|延伸|转化|输出)")  # 向乙转移: it is of both
FROM = ("从", "自")
TAKEN = re.compile(
    "(?:市|省|区|县|等地)?[^，。；、\\d]{0,2}(?:引进|引入|承接|转移|调入|采购|购进|招引|迁入|吸引)"
)
FROM_HERE = re.compile("(?:[^，。；、]{0,2})[到至]")
STATION = re.compile("[东南西北]?站")
NAMED_ON = re.compile("[^，。；,;、和与及在向对到至]{0,14}")
WITH = re.compile("[^，。；,;、]{0,10}[与和同]")  # 甲医院与乙医院开展合作
TO_JOIN = re.compile("[^，。；,;、]{0,10}(?:开展|结成|签|共建|合作|联合|携手|互[认派通联送]|结对)")
THEIRS_TO_JOIN = re.compile(
    "[^，。；,;、签开共合]{2,10}(?:开展|结成|签|共建|合作|联合|携手|互[认派通联送]|结对)"
)
ROUTE = re.compile("(?:市|区|县|站|南站|北站|西站|东站)?(?:至|到|—|－|-|—|–|～)")
LISTED = re.compile("[、和与及]|")
TOGETHER = re.compile("(?:市|区|地区)?(?:[、和与及]|，?以及)?")
NEXT_IN_LIST = re.compile("(?:市|区|县|省|地)?(?:[、和及与]|、[^，。；、的]{2,5}[、和及])?")
FIGURE = re.compile("\\d")
OWNED = re.compile("[^，。；,;的]{1,10}的")
