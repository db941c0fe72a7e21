"""What is said beside a wish to stop: a threat, or a fear of what follows. Then the wish is no decision."""

from __future__ import annotations

import re

_WHO_ZH = "(?:[他她]们?|对方|人家|警[察官方]|公安局?|法院|检察院|那边|那个人|老板|公司|领导|学校|平台|客服)"
_NOT_THEM_ZH = r"(?![他她那]|骗子|对方|坏人|这[些种帮])"
_LOVED_ZH = "(?:孩子|儿子|女儿|孙子|孙女|爸|妈|父母|老婆|老公|爱人|老伴|家里?人|家属)"
_HARM_ZH = (
    f"(?:(?:抓|逮捕?|拘留?|关|告|起诉|通缉|冻结?|封|杀|弄死|打[死断]|砍|害|伤害?|绑|报复|曝光|公开|开除|辞退|罚){_NOT_THEM_ZH}"
    "|打我|判刑?|坐牢|上门|[找来]我|[到来]我?家|闹|发(?:出去|给|到|我|照|视|朋友圈)|[传寄]|告诉|通知|毁|扣[钱押工]|撕票|动手"
    "|弄(?:我|残))"
)
_AT_ME_ZH = (
    "(?:抓|逮捕|拘留?|关|起诉|开除|辞退|杀|打死|弄死|打断?|砍|害|伤害|报复|收拾|威胁|逼|绑|搞|整|弄|曝光|吓唬?)"
    "(?:死|走|了|起来)?我"
)
_DEFIES = re.compile(r"(?:不怕|别想|让|随便|爱|凭什么|有本事|有种)[^,]{0,4}$")
"""A callee who lets them come is not afraid of it: 让他们来抓我."""
_THREAT = re.compile(
    "|".join(
        (
            rf"{_WHO_ZH}[^,]{{0,6}}?(?:就|会|要(?!是)|说|把|能|马上|肯定|一定|可能)[^,]{{0,6}}?{_HARM_ZH}",
            rf"(?:^|,)[^,]{{0,4}}就[^,]{{0,4}}{_HARM_ZH}",
            rf"{_WHO_ZH}[^,]{{0,2}}(?:告诉|通知)(?:我|单位)",
            _AT_ME_ZH,
            "(?:会|就|怕|可能|一定|肯定)[^,]{0,8}被[^,]{0,4}(?:抓|逮|冻|封|拘|开除|辞退|起诉|曝光|杀|打|害|关|通缉|判|发|停)",
            "(?:账[户号]|卡|号|微信|征信|档案)[^,]{0,4}(?:就|会|要|被)[^,]{0,3}(?:冻|封|停|黑|毁|完)",
            f"(?:工作|饭碗|房子|我的?命|名声|一辈子|照片|视频|隐私|学籍|签证|{_LOVED_ZH})[^,]{{0,4}}"
            "(?:没了|丢了?|不保|保不住|危险|出事|发出去|流出|传出去|毁了?|完了|受牵连|没命|遭殃|怎么办|就完|会死)",
            "(?:就|得|要|会|去|不会)+坐牢|(?:会|不会|算|算不算)[^,]{0,3}(?:犯法|违法|犯罪)|(?:会|就)[^,]{0,3}(?:有事|出事|完蛋|没命)",
            "(?:但是?|可是?|不过|只是)[^,]{0,8}?(?:没办法|没法|不行|不得不|必须|只能|要我|让我|叫我|逼|怕|不敢)|又(?:怕|不敢)|由不得我",
            "(?:本金|押金|保证金|定金|[前投][^,]{0,3}钱|货)[^,]{0,4}(?:没了|拿不|要不|退不|取不|不退)|违约|赔[钱偿款]"
            "|影响[^,]{0,3}征信|黑名单",
            "怎么办|咋办|会怎么?样|会咋样|什么后果|有后果",
            r"\b(?:they|he|she|someone|somebody|(?:the |my )?(?:police|officers?|court|government|bank|company|boss"
            r"|scammers?|man|guy|people|immigration|school|authorities))(?:'ll|'re|'s|'d| will| would| are| is| might"
            r"| may| could| can| going| gonna| say| says| said| threatened?| threatens)\b[^,]{0,30}?\b"
            r"(?:arrest|jail|imprison|sue|kill|hurt|harm|beat|attack|freeze|block|close|lock|suspend|publish|post|leak"
            r"|share|expose|fire|sack|dismiss|deport|report|charge|ruin|destroy|find|tell|send|take|come)(?:ing|ed)?\b"
            r"(?! (?:them|him|it|those|these|the scam\w*|my money|from)\b)",
            r"\b(?:i|i'll|i'd|i'm|my|we|account|cards?|photos?|pictures?|videos?)\b[^,]{0,25}\b(?:be|get|getting|being|is|are)"
            r" (?:arrested|jailed|imprisoned|sued|killed|hurt|harmed|fired|sacked|deported|charged|exposed|leaked"
            r"|posted|published|frozen|blocked|closed|suspended|beaten|in danger)\b",
            r"\b(?:i|i'll|i'd|i'm|me|we|we'll)\b[^,]{0,15}\b(?:jail|prison)\b",
            r"(?<!want to )(?<!not )\blos(?:e|ing) (?:my|the|our) (?:job|house|home|family|visa|kids|children|account"
            r"|deposit)"
            r"|\bbut (?:i|we) (?:have (?:no choice|to)|must|need to|can't|am afraid)\b"
            r"|\bbut i'm (?:afraid|scared)\b"
            r"|\bbut (?:they|he|she|the \w+) (?:say|says|said|told|make|makes|forced?|are|is|will|want|wants|won't)\b"
            r"|\bno choice\b",
            r"\b(?:what|how) (?:will|would|happens|about|if)\b|\bor else\b"
            r"|\b(?:will|would) (?:i|they|he|she|the police|my) ",
            r"\bam i (?:in trouble|going to)\b|\bis it (?:a crime|illegal)\b|\b(?:i|i'm|i'll)\b[^,]{0,12} in trouble\b",
        )
    )
)
_FAR = 120
"""A threat this many characters behind a wish to stop is another sentence. It also bounds the time for a long text."""
_SUPPOSED = re.compile(
    "(?:要是|如果|万一|假如|只要|一旦|怕)(?:我们?|[你您]|咱们?)?(?:现在|今天|真的?)?$"
    r"|\b(?:if|unless) (?:(?:i|we|you) )?(?:just |now )?$"
)
"""What would follow from it: if I don't pay, they will arrest me."""


def threatened(after: str) -> bool:
    """True if the words after a wish to stop name what others would do then, or ask what would happen."""
    near = after[:_FAR]
    return any(
        not _DEFIES.search(near[: found.start()]) and "爱" not in found.group() for found in _THREAT.finditer(near)
    )


def supposed(before: str) -> bool:
    """True if the words before a wish to stop make it a supposition."""
    return _SUPPOSED.search(before) is not None
