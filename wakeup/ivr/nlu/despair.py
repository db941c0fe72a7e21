"""Patterns of despair: not wanting to live, a means, a place, a farewell. And what says that there is none."""

from __future__ import annotations

import re

from wakeup.ivr.nlu.kin import LOVED_ZH

_VERY_ZH = "(?:真的?|实在|已经|快要?|就要|都|也|再|好|太|很|彻底|完全|觉得|感到)*"
_NO_MORE_ZH = "不(?:想|愿意?|打算|要)(?:再|继续|接着|还|这样|这么)*"

DESPAIR_ZH = (
    "不想活|活不下去|活着没意思|自杀|轻生|了结自己|不活了|不如死|没(?:法|办法)活(?![动期泼])"
    "|(?<!你)(?<!您)(?<!他)(?<!们)去死(?!吧你)|想死(?![你您他她])"
    "|死了算|死了拉倒|一死了之|一了百了|想不开|活够了|活腻了|寻(?:死|短)|(?<!等钱)(?<!等着钱)(?<!等用钱)(?<!等着用钱)救命(?!的?钱)|结束(?:自己|(?:自己|我)的?(?:生命|一生))"
    f"|{_NO_MORE_ZH}活|{_NO_MORE_ZH}[或获火](?=下去|着|了?[啊呀]*(?:,|$))|{_NO_MORE_ZH}做人|不想生(?=[了啊]*(?:,|$))"
    f"|{_NO_MORE_ZH}(?:留|待|活)?在(?:这个?)?世(?:界)?上?|没有?(?:再|继续)?活(?:下去|着)?的(?:勇气|理由|意义|必要|动力)"
    "|活着(?:还|又|到底)?有什么(?:意思|意义|用)|活着(?:真|太|也)?没(?:什么)?(?:意思|意义|劲|用)|没脸活|结束这一切"
    "|活着(?:还|又)?(?:干什么|干[嘛啥]|做什么)|活到头|下辈子再[还报见]|以死|死路一条|遗书|写(?:好|了)遗言"
    "|(?:^|,|我|要是|如果)死了(?:[^,]{0,3}(?:保险|赔)|就(?:好|解脱|清净|没事))|死的心都?有|(?<![他她没])被[^,]{0,3}逼死|(?:只有|只好|只能)死(?!路|等|心|记|守|扛)"
    "|(?:我|人)就死(?=了?[啊呀]*(?:,|$))|我(?:也|就)不活(?=了?[啊呀]*(?:,|$))|不想(?:再|要)?醒(?:过)?来(?=[了啊]*(?:,|$))|一睡不醒|睡[^,]{0,3}不(?:再)?醒来?(?=了?(?:,|$))"
    "|(?:以为|谁说)我不(?:敢|会)死|同归于尽|活得(?:真|太|好|很)?(?:没(?:什么)?(?:劲|意思|意义)|累)|(?:我|只|就)(?:想|求)(?:要)?解脱(?!这|掉|[^,]{0,4}[贷债套])|想(?:要|从[^,]{0,6})?消失(?=算了|[了啊]*(?:,|$))"
    # A means or a place: a verb that is harmless without it.
    "|跳(?:楼(?![价促大甩])|河|江|海|湖|井|桥|崖|轨|铁轨)|(?:想|要|准备|从[^,]{1,6})跳(?:下去|了(?=,|$))"
    "|(?:(?<=我会)|(?<=我不会)|(?<=我不敢))跳(?:下去|楼|了)|(?:站|坐)在[江河海湖]边,?[^,]{0,4}(?:想跳|想死|要跳|跳下去)"
    "|(?:站|坐|爬)[在到上][^,]{0,3}(?:楼顶|天台|桥上|桥边|窗台|栏杆|铁轨)|在(?:楼顶|天台|桥)上?(?:边)?[^,]{0,3}(?:不想下|想跳)"
    "|上吊|割了?(?:腕|手腕|脉)|(?:打?开了?|把)煤气(?:打?开|[^,]{0,2}(?:,|$))|(?:想|要|去|准备)烧炭(?!烤|火)|喝[^,]{0,4}农药|[吃吞喝][^,]{0,4}安眠药|药都?(?:买|准备)好了"
    "|(?:[吃吞喝](?:了|下|掉|光)|吞)(?:[一整半两几]+(?:整)?[瓶把]|很多|好多|大量|几十[片粒颗]|[所全]有的?|全部的?)[^,]{0,3}药"
    f"|没有?活路|活不成|走投无路|(?:我|人|日子|心里|^|,){_VERY_ZH}(?:[撑熬]不(?:下去|住)|扛不(?:下去|住(?=[了啊呀]*(?:,|$))))|不想再[撑熬扛]"
    f"|(?:(?:我|人){_VERY_ZH}[顶挺]不住|顶不顺)(?=[了啊呀]*(?:,|$))"
    "|(?<![烦吵热]得)(?<![烦吵热]得我)(?<!太[热吵])受不了了(?=[啊呀]*(?:,|$))|活不了了|不如一死"
    "|(?:^|,|(?<![烦吵]得)我|人|精神)(?:真的?|要|快|都|就)*(?:崩溃|疯了(?=[啊呀]*(?:,|$)))"
    f"|(?:^|,|我|心里|人生){_VERY_ZH}(?:绝望|没有?(?:什么|任何)?希望了(?=[啊呀]*(?:,|$)))|(?:我|活得){_VERY_ZH}痛苦(?=[了啊呀]*(?:,|$))"
    "|(?:这|我这)辈子(?:就|都|算|已经)*[完毁]了"
    rf"|(?<=\w)对不起我?的?{LOVED_ZH}(?![^,]{{0,3}}(?:在|睡|哭))"
    f"|对不起(?:[啊了]*,?|我的?){LOVED_ZH}+们?(?=了?(?:[啊呀]*(?:,|$)|我))"
    "|活着(?:真|太|好|也)?累|让我(?:去)?死|死给[你您他她]们?看"
    "|没脸(?:再|去)?见(?!老板|领导|客户|同事)"
    "|不(?:想|愿意?|要|能)再(?:拖累|连累)"
)

_CANNOT_EN = "(?:can't|cannot|can not)"
_NO_WISH_EN = "(?:don't|do not|no longer|never) (?:want to|wanna)"

DESPAIR_EN = (
    "kill(?:ing|ed)? my ?self|(?:gun|knife) to my head|(?:want|wish) to sleep forever|wish i wouldn't wake up"
    "|give up on life|(?:there's|there is) no hope(?=,|$)|(?:don't|do not) want to exist"
    "|hurt myself|harm myself|(?:hang|drown|shoot|poison)(?:ing)? myself|suicidal"
    "|suicide(?! (?:prevention|charity|hotline|awareness))|(?:cut|slit)(?:ting)? my wrists?"
    "|end(?:ing)? my life|(?:no reason|nothing(?: left)?) to live(?: for)?|better off dead|(?:as well|to"
    "|rather) be dead"
    "|(?:want(?: to|na)?|wanna|should|rather|as well|and|let me|ready to|deserve to)(?: just)? die(?=,|$| now| today"
    "| tonight| already)"
    "|want(?:ed)? to die|let me die|wanna die"
    "|(?:tired of|hate) (?:(?:my|this) )?life(?! (?:insurance|assurance|policy|story))"
    f"|better (?:off )?without me|want to disappear|{_CANNOT_EN} do this any ?more"
    f"|{_CANNOT_EN} take (?:it|this)(?=,|$| any ?(?:more|longer))|{_CANNOT_EN} cope(?=,|$| any ?(?:more|longer)"
    f"| with (?:this|it))"
    f"|(?:don't|{_CANNOT_EN}) see (?:a|any) way out|no way out(?=,|$| for me| of this)"
    "|take my (?:own )?life|end(?:ing)? (?:it all|everything|things)(?=,|$| now| today| tonight| all)"
    "|(?:going to|gonna|i'll|i will|want to) end it(?=,|$| all| today| tonight)"
    "|(?:going to|gonna) end it now|want it (?:all )?to be over"
    "|wish i (?:was|were) dead|(?:wish i (?:was|were)|wish i'd|wish i had) never (?:been )?born"
    rf"|{_NO_WISH_EN} (?:live(?! (?:there|here|in|at|with|near|on|by)\b)|be alive|be here any ?more"
    "|(?:go on|continue|keep(?: on)?) living|continue my life|wake up)"
    f"|{_CANNOT_EN} (?:go on living|live (?:like this|this way|any ?more|any longer|with (?:myself|this)))"
    f"|{_CANNOT_EN} go on(?=,|$| like this| any ?more| any longer)|{_CANNOT_EN} face (?:my|the) (?:family|kids"
    f"|children|wife|husband)"
    "|(?:life (?:is not|isn't|ain't)|not) worth (?:living|it any ?more)|life (?:is not|isn't|ain't) worth it"
    "|(?:tired of|done with) (?:living|life)(?! insurance)"
    "|no point (?:in )?(?:living|going on)|(?:there's|there is|see) no point(?: any ?more)?(?=,|$)|never wake up"
    "|(?:i|i'm|i am|feel|i feel) (?:so |very |completely |totally )?(?:hopeless|worthless|desperate)(?=,|$)"
    "|(?:have|got|lost) (?:no|all) hope|no hope left|overdose"
    "|(?:(?:want|going) to|(?<=i won't )|(?<=i wouldn't )|(?<=i will not )) ?jump(?: off)?(?=,|$)"
    "|jump(?:ing)? (?:off|from|out of) (?:the|a|my|this) (?:building|bridge|roof|balcony|block|window|flat)"
    "|(?:stand|sitt)ing on (?:the|a) (?:roof|bridge|ledge|edge|balcony|tracks?|parapet)|i'm on the (?:roof|bridge"
    "|ledge)(?=,|$)"
    "|(?:take|took|taken|swallow(?:ed)?) (?:(?:all|too many|a lot|lots|a bottle|a whole bottle|the whole bottle|many)"
    "(?: of)?(?: my| the| these)? )(?:sleeping )?(?:pills|tablets)|(?:took|taken|swallowed) (?:the |some "
    "|my )?(?:sleeping )?pills(?=,|$)"
    "|(?:i|i've|i have) (?:just )?cut myself(?=,|$| again| and i)|my life is over"
)

_NONE = re.compile(
    "(?:(?<!会)不会|没有?|(?<!是)不是|从没|从来没|绝不|不至于)(?:真的?|想|要|去|打算|有|过|再|说|什么|人)*$"
    r"|(?:\b(?:i'm|i am|am|is|was) not|\b(?:won't|will not|wouldn't|would never|will never|never|didn't|haven't"
    r"|have not))"
    r"(?: (?:going to|gonna|feeling|trying to|thinking (?:of|about)|about to|ever|really|at all|so|try to|tried to"
    r"|thought"
    r" (?:of|about)|want to|wanted to|do a))* $"
)
_WORSE_ZH = (
    "(?<![不没])(?:想|会|敢)(?=[了啊呀的]*(?:,|$))|(?:天天|总|老是?|一直|有点|还是)[^,]{0,2}想(?!办法|问)|想过(?!办法)|想试试"
    "|(?<!没)有[^,]{0,4}(?:念头|想法)|自杀|跳(?!舞)|(?<![烦吓累急气忙笑热])死|(?<![生干好要会得])活(?![动期泼])"
    "|绝望|痛苦|崩溃|[撑熬扛顶]不|不行了|没有?(?:活?路|希望)|说不定|不一定|不好说|难说|不敢保证"
    "|(?:吃|喝|吞|开|买)[^,]{0,4}(?:药(?![费钱店])|煤气|炭)|药[^,]{0,4}(?:吃|吞|买|准备)|割|刀|遗书|桥上|楼顶|天台|窗台"
    "|告别|等我走"
)
_WORSE_EN = (
    r"i (?:do|am|will|would|might|may|could)(?=,|$| too| now)|(?:want|wanna|wish)(?: to)?(?=,|$)|about it|every day|die"
    r"|dead|suicid|kill|not (?:so )?sure|hopeless|no hope|end it|can't (?:go on|cope|take)|pills|rope|\bgun\b|goodbye"
    r"|dying|\blive\b|living|(?<!please )(?<!let's )(?<!you can )go on\b|wake up"
)
_TAKEN_BACK = re.compile(
    f"(?:现在|今[天晚]|最近|是真的).{{0,16}}?(?:{_WORSE_ZH})|除非|^[啊呀的]*(?:,?(?:如果|要是|只要)|吗|才怪)"
    rf"|\bnow\b.*?\b(?:{_WORSE_EN})|^,? ?(?:not )?yet\b|\bor (?:maybe|perhaps|i might)\b|\bnow i do\b|^,? ?probably\b"
    r"|\bbefore (?:today|now)\b|\b(?:until|unless)\b"
)
"""What takes a denial back whatever else is said: "unless they post the photos", 现在天天想."""
_BUT = re.compile(r"但是?|可(?:是|(?![以能]))|不过|而是|\b(?:but|though|except)\b")
_GRAVE = re.compile(rf"{_WORSE_ZH}|\b(?:{_WORSE_EN})|\b(?:maybe|perhaps|i might)\b")
_ON_BUSINESS = re.compile(
    "[付转汇钱款骗问忙挂急谁]|等(?:一[下会]|[他她你您等])|取消|投资|买(?!.{0,3}(?:药|刀|炭|绳))|电话|银行|手续|(?<!怎么)办(?!法)|想办法|[你您][^,]{0,3}为什么|在外面|活下去"
    "|(?<!不)很好|挺好|好好|没(?:有?[空钱事]|有?时间|有?问题|关系)|(?<!会)不会(?!再|不)"
    r"|\b(?:pay\w*|paid|sen[dt]|transfer\w*|money|cancel\w*|invest\w*|call\w*|phone|bank|account|busy|hurry|wait\w*"
    r"|(?<!not )(?:fine|okay|ok)|no time|scam\w*|why (?:do|are|did|would) you|who|go (?:on|ahead))\b"
)
"""What goes on about the payment or this call, rather than about the callee: 我不会自杀，但是我要付这个钱."""
_DARED = re.compile(
    "(?:以为|谁说|(?<!我)觉得|信不信|难道|你说)(?:[你我您]们?)?$|(?:如果|要是|只要)[^不没]*就$"
    r"|(?<!\bi )\b(?:thinks?|thought|believes?|says?|said|bet|know) (?:that )?(?:i )?$"
    r"|\b(?:not (?:so )?sure|(?:can't|cannot) (?:promise|say)|be so sure) (?:that )?(?:i )?$"
)
"""A denial that is laid in another's mouth, that is doubted, or that has a condition, denies nothing: 别以为我不会自杀,
"I'm not sure I won't kill myself"."""
_REACH = 40
_SOON = 30
"""Within so many characters a denial is taken back: 以前没想过自杀，现在天天想."""


def no_despair(before: str, after: str) -> bool:
    """True if the words before say that the callee does not despair: 我不会想不开. 不想活 denies nothing."""
    near = before[-_REACH:]
    none = _NONE.search(near)
    return none is not None and not _DARED.search(near[: none.start()]) and not _taken_back(after)


def _taken_back(after: str) -> bool:
    """True if what follows takes a denial back. A "but" does, unless it goes on about the payment or the call: nobody
    can list all that despair may say after it."""
    if _TAKEN_BACK.search(after[:_SOON]):
        return True
    but = _BUT.search(after[:_SOON])
    if but is None:
        return False
    rest = after[but.end() : but.end() + _REACH].lstrip(", ").partition(",")[0]
    return bool(rest) and (_GRAVE.search(rest) is not None or _ON_BUSINESS.search(rest) is None)
