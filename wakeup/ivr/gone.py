"""Patterns of money that has gone: the act with its amount, the day before, or what can be seen of it since."""

from __future__ import annotations

_SUM_ZH = (
    "(?:好?[几多]|[一二两三四五六七八九十百千]|[0-9])[0-9一二两三四五六七八九十百千几多]*(?:[万千百块元]|新币|美金)"
)
_DAY_ZH = "(?:昨[天晚]|前[天晚]|上周|上个?星期|上礼拜|前几天|这几天|陆续|前前?后后?|一共|总共|分[几两三]次)"
_THEM_ZH = "(?:[他她]们?|对方|骗子|那个?人|那些人|老师|导师|客服|平台|师傅|人家)"

GONE_ZH = (
    "已经转(?!人)|已经付|已经汇|已经打过去(?!电话)|[转付汇](?:[过出]去|走)了(?![吗没])"
    "|(?:钱|款)[^,]{0,4}打(?:[过出]去|走)了(?![吗没])"
    f"|[转付汇打](?:[过出]去|走|进去|给{_THEM_ZH})了?{_SUM_ZH}[^,]{{0,2}}了|钱[^,]{{0,2}}[转汇打]过去(?:有|[好几一两三])"
    f"|{_DAY_ZH}(?:我|又|就|都|已经|给{_THEM_ZH})*[转付汇打](?:了|给{_THEM_ZH}|过去|出去)+{_SUM_ZH}"
    f"|给{_THEM_ZH}(?:已经)?[转付汇打]了{_SUM_ZH}"
    "|钱(?:已经|都|全|早就|早)*没了"
    f"|(?:转|打|付|汇)了?给{_THEM_ZH}了|钱(?:已经|都|全)*给{_THEM_ZH}了"
    "|[转付汇]完了(?![吗没])|[转付汇交打]完[款钱账]了|[转汇]了[账款]|(?:^|,|我)给了钱|(?:^|,|我|已经|刚)[付汇]款了(?![吗没])"
    "|已经 ?(?:transfer|paid|pay|sent|send)"
    "|(?:钱|都|刚|早就|全)(?:转|付|汇|打)了(?=[啊呀的]*(?:,|$))|(?:^|,|我)(?:付|交)了(?=[啊呀的]*(?:,|$))"
    "|钱(?:已经|都|全|刚)*(?:出去|过去|[转汇]出去|[转汇]走)了|钱(?:已经|都|全|刚)+[转汇]出去|刚[刚才]?[转汇]出去"
    "|钱不见了|钱(?:已经)?被?扣了|(?:已经|被)扣了|扣款了|扣了我?"
    f"{_SUM_ZH}|(?:^|,|我|已经|都)给(?:[他她]们?|对方)了"
    "|被[^,]{0,3}(?:划|刷|取|拿|扣|提)走了|(?:卡|账[户号]|余额|存款)[^,]{0,3}(?:没有?钱了|空了|清零|是零|没了)"
    "|(?:转账|付款|支付|汇款)(?:已经)?成功(?![率后再才就没吗]|了[没吗])"
    f"|{_THEM_ZH}(?:已经|都|也)*收到(?:了?(?:钱|款|转账)了?|了)(?=[啊呀的]*(?:,|$))|钱(?:已经|都)?到账了(?!就|才|再|以后|吗)"
    "|已经[给交充投打]了|[充投存]进去了|[转付汇交]过了|刚[转付汇]完|刚付过"
    "|(?<![没不])(?<!没有)(?<!不会)(?:被骗[光走]|(?<!被)骗[光走])了|[转付汇打]了(?:一半|一部分|一些)"
    "|(?<![说讲帮])(?:还能|能|可以|能不能)追得?回来?[吗呢]"
    "|(?<![说讲帮])怎么追得?回|血本无归|追不回来?了?(?=[啊呀]*(?:,|$))"
    "|[转付汇打]了(?:好几|[一二两三四五六七八九十几]+)[笔次]了"
)

_SENT_EN = "(?:sent|paid|transferred|wired)"
_COUNT_EN = "(?:[0-9]+|half|one|two|three|four|five|ten|several|a few|all)"
_NOT_MONEY_EN = "(?! (?:emails?|messages?|texts?|pictures?|photos?|letters?)\\b)"
_SOMETHING_ELSE_EN = (
    "(?! (?:(?:them|him|her|you) )?(?:(?:an?|the|my|our|this) )?(?:messages?|emails?|e-mail|text|letter|contract"
    "|documents?)\\b(?!,?(?: and| with) (?:the |my )?money))"
    "(?! (?:(?:an?|the|my|our|this) )?(?:deposit|invoice|rent|bill|half last (?:month|year))\\b"
    "(?! (?:and |money )?(?:to|with|into) ))"
)
"""Another payment than ours, unless they say who got it: a deposit sent "to him" may be what we ask about."""
_BEFORE_EN = "(?! (?:before|in the past|last (?:time|month|year))\\b)"

GONE_EN = (
    f"already (?:{_SENT_EN}|pay|send|transfer|gone){_SOMETHING_ELSE_EN}"
    f"|(?:{_SENT_EN}|pay|send|transfer)(?: it| them| him| her| the money)? already"
    "|(?:money|savings) (?:is|are|has|have|was|were)(?: all)?(?: been)? (?:gone|taken|stolen|deducted|debited)"
    "|money's gone|i(?:'ve| have)? made (?:the|this) (?:payment|transfer) already"
    "|(?:^|,)(?:(?:ok|okay|oh|sorry|but|so|and|the|my|this) )*payment(?:'s| is| was| has been)?"
    " (?:already )?done(?=,|$| already)"
    "|they took (?:everything|all)"
    "|(?:they|he|she|scammers?)(?:'ve|'s| have| has)? ?(?:took|taken|got|stole|stolen|drained|emptied|cleaned out|have)"
    " (?:all (?:of )?)?my (?:money|savings|account(?! number| name| details))"
    "|(?:account|card) is empty|nothing left in my account|(?:it|money|payment)(?: has)?(?: already)? (?:left"
    "|gone from) my account"
    "|(?:it's|it is|it has) gone(?=,|$| already| now| through)"
    "|(?<!if )(?<!when )(?<!once )(?<!after )(?:it|payment|transfer|money) (?:already )?(?:went|has gone"
    "|has already gone) through(?! (?:the|an?|my|your) )"
    f"{_BEFORE_EN}"
    f"|i(?:'ve| have)? (?:already |just )?(?:{_SENT_EN}|gave|given) (?:them|him|her) (?:{_COUNT_EN}{_NOT_MONEY_EN}"
    f"|(?:the |my "
    f"|all my )?money|everything){_BEFORE_EN}"
    f"|i(?:'ve| have) (?:already )?{_SENT_EN} {_COUNT_EN}{_NOT_MONEY_EN}"
    f"|i {_SENT_EN}(?: it| them| him| her| the money| money)*(?: to (?:them|him|her))? (?:yesterday|last night"
    f"|two days ago)"
    f"|i(?:'ve| have)? {_SENT_EN} (?:it )?(?:two|three|four|five|several) times"
    f"|i(?:'ve| have)? lost (?:everything|all my)|{_SENT_EN} (?:half|part of it|some of it)(?! last (?:month|year))"
    "|(?:can|could|how (?:can|do|could)) (?:i|we) get (?:it|(?:my|the|our) money) back"
    f"|i(?:'ve| have)? (?:just )?{_SENT_EN} (?:it|the money|everything)"
)
