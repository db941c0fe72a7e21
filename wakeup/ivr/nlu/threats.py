"""What is said beside a wish to stop: a threat, or a cost that frightens. Then the wish is no decision.

A question alone threatens nobody: 我要取消，怎么办理 asks how. It leaves the wish in doubt only where it names a harm,
or where the wish is its subject: 不转了会怎么样.
"""

from __future__ import annotations

import re

from wakeup.ivr.nlu.kin import LOVED_ZH

_WHO_ZH = "(?:[他她]们?|对方|人家|警[察官方]|公安局?|法院|检察院|那边|那个人|老板|公司|领导|学校|平台|客服)"
_NOT_THEM_ZH = r"(?![他她那]|骗子|对方|坏人|这[些种帮])"
_HARM_ZH = (
    f"(?:(?:抓|逮捕?|拘留?|关|告|起诉|通缉|冻结?|封|杀|弄死|打[死断]|砍|害|伤害?|绑|报复|曝光|公开|开除|辞退|罚){_NOT_THEM_ZH}"
    "|打我(?!电话|手机)|判刑?|坐牢|上门|[找来]我|[到来]我?家|闹|发(?:出去|给|到|我|照|视|朋友圈)|[传寄](?!过?来|货)|(?:告诉|通知)(?!我(?:们|的|吧)*(?:,|$))|毁|扣[钱押工]|撕票|动手"
    "|弄(?:我|残))"
)
_AT_ME_ZH = (
    "(?:抓|逮捕|拘留?|(?<![事有相无])关|起诉|开除|辞退|杀|打死|弄死|打断?|砍|害|伤害|报复|收拾|威胁|恐吓|逼|绑|搞|整|弄|曝光|(?<!别)吓唬?|勒索|敲诈|软禁|遣返|驱逐)"
    "(?:死|走|了|起来)?我(?!一跳|电话|手机)"
)
_PAPERS_ZH = "我的?(?:学籍|签证|准证|学位|低保|名额|驾照|户口)"
_PAPERS_EN = "(?:my|our|the) (?:visa|passport|licen[cs]e|(?:work )?permit|enroll?ment)"
"""What authorities and schools can take away."""
_WHO_EN = (
    "(?:they|he|she|someone|somebody|(?:the |my )?(?:police|officers?|court|government|bank|company|boss|scammers?|man"
    "|guy|people|immigration|school|authorities))"
)
_MINE_EN = (
    "(?:my|our) (?:wife|husband|partner|boss|company|school|parents?|mum|mom|mother|dad|father|son|daughter|kids?"
    "|family|friends?)"
)
_HARM_EN = (
    r"\b(?:(?:arrest|jail|imprison|sue|kill|hurt|harm|beat|attack|freeze|block|close|lock|suspend|publish|leak|share"
    r"|expose|fire|sack|dismiss|deport|report|ruin|destroy)(?:ing|ed)?\b"
    r"(?! (?:them|him|it|those|these|the (?:scam\w*|payment|transfer|man|caller)|my money|from)\b)"
    rf"|(?:cancel|revok)(?:e|l?ing|l?ed)? {_PAPERS_EN}\b|charg(?:e|ing) (?:me|us) with\b"
    r"|(?:send|post)(?:ing)? (?:(?:out|round) )?(?:my|our|the|those|these) (?:\w+ )?"
    r"(?:photos?|pictures?|videos?|nudes?|chats?)|post(?:ing)? (?:it|everything)\b"
    r"|send(?:ing)? (?:someone|somebody|people|men|the police|it to (?:my|our|everyone))\b"
    rf"|tell(?:ing)? (?:everyone|everybody|people|{_MINE_EN})\b|find(?:ing)? (?:me|us|my family|(?:out )?where i)\b"
    r"|(?:come|coming) (?:to (?:my|our|arrest|get|take|find)|after|for (?:me|us|my)"
    r"|(?:and )?(?:get|arrest|take|kill) (?:me|us))\b"
    r"|tak(?:e|ing) (?:me|us|(?:my|our) (?:house|home|kids?|child(?:ren)?|son|daughter|baby|family|job|visa"
    r"|passport))\b)"
)
_DARED = re.compile(r"(?:不怕|别想|让|随便|爱|凭什么|有本事|有种)(?:(?!但|可是|就怕)[^,]){0,4}$")
"""A callee who lets them come is not afraid of it: 让他们来抓我."""
_UNMOVED = re.compile(
    "(?:(?![他她怎能]|对方|警)[^,]){0,4}?,?(?:可|但是?|反正)?我?(?:也|都|才|就|可)*(?:不怕|不信|不在乎|无所谓)"
    "了?[啊呀的他她它们]*(?=,(?!可|但|就怕|我怕|我就是)|$)"
    r"|[^,]{0,12},?(?:but )?(?:i don't|i do not) (?:care|believe)(?: it| them| him| her| that)?(?=,(?! ?but)|$)"
)
"""Nor is one who says so: 他们说要抓我，我不信."""
_HARM = re.compile(
    "|".join(
        (
            rf"{_WHO_ZH}[^,]{{0,6}}?(?:就|会|要(?!是)|说|把|能|马上|肯定|一定|可能)[^,]{{0,6}}?{_HARM_ZH}",
            rf"(?:^|,)[^,]{{0,4}}就[^,]{{0,4}}{_HARM_ZH}",
            rf"{_WHO_ZH}[^,]{{0,2}}(?:告诉|通知)(?:我?的?(?:单位|公司|学校|老板|领导|朋友|同事|{LOVED_ZH}))",
            _AT_ME_ZH,
            "(?:会|就|怕|可能|一定|肯定)[^,]{0,8}被[^,]{0,4}(?:抓|逮|冻|封|拘|开除|辞退|起诉|曝光|杀|打|害|关|通缉|判|发|停)",
            "(?:账[户号]|卡|号|微信|档案)[^,]{0,4}(?:就|会|要|被)[^,]{0,3}(?:冻|封|停|黑|毁|完)",
            f"(?:工作|饭碗|房子|我的?命|名声|一辈子|照片|视频|隐私|学籍|签证|{LOVED_ZH})[^,]{{0,4}}"
            "(?:没了|丢了?|不保|保不住|危险|出事|发出去|流出|传出去|毁了?|完了|受牵连|没命|遭殃|就完|会死)",
            f"(?:^|,|了)(?:那|万一)?我?的?(?:工作|饭碗|房子|名声|照片|视频|隐私|学籍|签证|{LOVED_ZH})[^,]{{0,2}}怎么办",
            f"(?:(?<!我)要|(?<![我不])会|会不会|就|说|把)[^,]{{0,4}}(?:取消|吊销|注销)(?:了|掉)?{_PAPERS_ZH}|{_PAPERS_ZH}[^,]{{0,2}}(?:会|要|就)?被?(?:取消|吊销)",
            "(?:就|得|要|会|去|不会)+坐牢|(?:会|不会|算|算不算)[^,]{0,3}(?:犯法|违法|犯罪)|(?:会|就)[^,]{0,3}(?:出事|完蛋|没命)|(?:我|[他她]|家人|孩子)[^,]{0,2}会(?:不会)?有事",
            "(?:(?<!不)会|要|说|就)[^,]{0,2}把我们?[^,]{0,2}(?:遣返|驱逐|赶出|送回国|开除)|会被?(?:遣返|驱逐)",
            r"\b(?<!no )(?:arrest )?warrant (?:out )?(?:for|on) (?:me|my|us)\b"
            r"|\b(?:have|has|is) (?:a|an arrest) warrant\b",
            rf"\b{_WHO_EN}(?:'ll|'re|'s|'d| will| would| are| is| might| may| could| can| going| gonna| say| says| said"
            rf"| threatened?| threatens)\b[^,]{{0,30}}?{_HARM_EN}",
            r"\b(?<!the police said )(?:they|people|someone|somebody)(?:'ll|'re| will| are| might| could)?(?: be)?"
            r"(?: going to)? com(?:e|ing)(?=,|$| (?:now|tonight|today|tomorrow|here)\b)"
            rf"|\bwhat about (?:{_MINE_EN}|my (?:photos?|pictures?|videos?|visa|job))\b|\bwill {_MINE_EN} be\b"
            r"|\bwhat (?:will|would|can|could|might) (?:they|he|she|the \w+) do(?=,|$| to (?:me|us|my)\b)",
            rf"\b(?:will|would|do|if|when|are) {_WHO_EN}\b[^,]{{0,20}}?{_HARM_EN}",
            r"\b(?:i|i'll|i'd|i'm|my|we|account|cards?|photos?|pictures?|videos?)\b[^,]{0,25}\b(?:be|get|getting|being|is|are)"
            r" (?:arrested|jailed|imprisoned|sued|killed|hurt|harmed|fired|sacked|deported|charged with|exposed|leaked"
            r"|posted|published|frozen|blocked|closed|suspended|beaten|in danger)\b",
            rf"\b{_PAPERS_EN}(?:'ll| will| is going to| might)? be (?:cancell?ed|revoked)\b",
            r"\b(?:i|i'll|i'd|i'm|me|we|we'll)\b[^,]{0,15}\b(?:jail|prison)\b",
            r"(?<!want to )(?<!not )\blos(?:e|ing) (?:my|our) (?:job|house|home|family|visa|kids|children)\b",
            r"\bam i (?:in trouble|going to)\b|\bis it (?:a crime|illegal)\b|\b(?:i|i'm|i'll)\b[^,]{0,12} in trouble\b",
            rf"\b(?:will|would|happens?) (?:happen )?to (?:me|us|{_MINE_EN})\b|\bor else\b",
        )
    )
)
"""What others would do to the callee or to those they love."""
_COST_ZH = r"(?<!不)(?:违约|赔[钱偿款]|影响[^,]{0,3}征信|黑名单|有[^,]{0,2}后果)(?![^,]{0,3}[吗么吧没])"
_COST = re.compile(
    "|".join(
        (
            "(?:但是?|可是?|不过|只是)[^,]{0,8}?(?:没办法|没法|不行|不得不|必须|只能|要我|让我|叫我|逼|怕|不敢)|又(?:怕|不敢)|由不得我",
            "(?:本金|押金|保证金|定金|[前投][^,]{0,3}钱|货)[^,]{0,4}(?:没了|拿不|要不|退不(?!退)|取不|(?<!退)不退)",
            rf"(?:^|,)(?![^,]{{0,6}}(?:会不会|要不要|是不是|有没有|算不算))[^,]{{0,8}}?{_COST_ZH}",
            r"^(?:的话|了|我|就|那|会不?|要不?|又)*"
            "(?:怎么办(?!理|手续|法)|咋办|怎么?样|咋样|什么后果|有[^,]{0,2}后果|违约|赔[钱偿款]|影响[^,]{0,3}征信|[上进]黑名单|有事)",
            "(?:^|,)(?![^,]*(?:钱|问|想|一下|商量))[^,]{0,8}?(?:(?<!要)怎么办(?!理|手续|法)|会(?:怎么?样|咋样|有事(?!吧)))",
            r"^(?: it| this| that| them)?,?(?: then)? ?what (?:will happen|would happen|happens)"
            r"(?: then| now| next)?(?=,|$)",
            r"(?<!want to )(?<!not )\blos(?:e|ing) (?:my|the|our) (?:account|deposit)"
            r"|\bbut (?:i|we) (?:have no choice|am afraid)\b"
            r"|\bbut (?:i|we) (?:have to|must|need to|can't|cannot)\b"
            r"(?! (?:pay (?:the rent|(?:an|the )other|my|for)|go(?! through)"
            r"|talk|call|ask|speak|think|know|see|find|log)\b)"
            r"|\bbut i'm (?:afraid|scared)\b"
            r"|\bbut (?:they|he|she|the \w+)\b[^,]{0,20}?\b(?:i (?:must|have to|need to|should|can't|cannot)"
            r"|(?:made?|makes?|wants?|needs?|told|forced?|forces|forcing|asked) (?:me|it|the money)|won't let|insists?"
            r"|threat\w*|dangerous|leave me)\b"
            r"|\bbut (?:they|he|she|the \w+)(?:'s|'re|'ll)? ?\b(?:say|says|said|are|is|will|with|here|angry|watching)\b"
            r"(?! (?:it's|it is) (?:fine|ok|okay|a scam))"
            r"|\bno choice\b",
        )
    )
)
"""What the callee would lose, or why they feel they may not stop."""
_FAR = 120
"""A threat this many characters behind a wish to stop is another sentence. It also bounds the time for a long text."""
_SUPPOSED = re.compile(
    "(?:要是|如果|万一|假如|只要|一旦|怕)(?:我们?|[你您]|咱们?)?(?:现在|今天|真的?)?$"
    r"|\b(?:if|unless) (?:(?:i|we|you) )?(?:just |now )?$"
)
"""What would follow from it: if I don't pay, they will arrest me."""


def harm_in(said: str) -> bool:
    """True if the words name what others would do to the callee, who is not above it."""
    near = said[:_FAR]
    return any(
        not _DARED.search(near[: found.start()]) and "爱" not in found.group() and not _UNMOVED.match(near, found.end())
        for found in _HARM.finditer(near)
    )


_NO_HARM = re.compile(
    "(?:没有?人?(?!事|关系|错|办?法|钱)|(?<!会)不会|(?<!要)不要|(?<!是)不是|不敢|不可能|怎么会)[^,没不]{0,5}$"
    r"|(?:n't|\bnot|\bnever)(?: (?:be|been|being|going|to|gonna|get|even|ever|really|try|trying"
    r"|want|in))* [\w']+(?: (?:me|us))?$"
)
"""The words up to a harm that say it will not come: 他们不会抓我. 会不会 asks for it in fear."""
_MILD = re.compile(
    "(?:告诉|通知|[传寄告封闹罚关冻停]|冻结|公开|扣[钱押工]|发(?:出去|给|到|我))$"
    r"|(?:freez|froze|block|clos|suspend|lock|report|publish|shar)\w*$|^is it (?:a crime|illegal)$"
)
_GRAVE = re.compile(rf"照|视频|裸|隐私|单位|朋友圈|所有人|起来|{LOVED_ZH}|我的?(?:公司|学校|老板|领导|朋友)")
"""What others tell or send is a harm by itself only where it is to stay secret: 他会发我的视频, but not
他就告诉我账号了. A frozen account is no harm, and "is it illegal?" a question."""
_ON_BUSINESS = re.compile(
    "[^,]{0,2}(?:[装修送做吃玩量搬]|安装|施工|干活|打扫|拿货|取件|看房)"
    r"|(?: \w+){0,2} to (?:install|fix|repair|deliver|clean|visit|paint|collect|measure)\b|(?: the| my)? (?:office"
    r"|shop|party)\b"
)
"""他会来我家装空调 is no visit to be afraid of."""
_BY_US = re.compile(r"[你您]们?[^,]{0,3}$")
"""你吓我一跳 is said to us."""


def menaced(words: str) -> bool:
    """True if the words name a harm to the callee by themselves, with no wish to stop beside it, and do not deny it."""
    near = words[:_FAR]
    return harm_in(words) and any(
        not _NO_HARM.search(near[: found.end()])
        and not _BY_US.search(near[: found.start()])
        and not _ON_BUSINESS.match(near, found.end())
        and (not _MILD.search(found.group()) or _GRAVE.search(near[found.start() : found.end() + 6]))
        for found in _HARM.finditer(near)
    )


def threatened(after: str) -> bool:
    """True if the words after a wish to stop name what others would do then, or what it would cost."""
    return harm_in(after) or _COST.search(after[:_FAR]) is not None


def supposed(before: str) -> bool:
    """True if the words before a wish to stop make it a supposition."""
    return _SUPPOSED.search(before[-_FAR:]) is not None
