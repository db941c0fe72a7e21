"""Patterns of what people say, by meaning, plain phrases first. The text has a comma between clauses."""

from __future__ import annotations

from wakeup.ivr.nlu.cries import HELP_EN, HELP_ZH, WATCHED_EN, WATCHED_ZH
from wakeup.ivr.nlu.despair import DESPAIR_EN, DESPAIR_ZH
from wakeup.ivr.nlu.gone import GONE_EN, GONE_ZH
from wakeup.ivr.nlu.kin import KIN_EN, KIN_ZH, WHOSE_ZH
from wakeup.ivr.nlu.meaning import Meaning

_OTHER_BUSY_ZH = (
    rf"(?:[他她]|本人|机主|(?:^|,|喂)我?家?(?:{KIN_ZH}))(?:本人|现在|暂时|这会儿|正|很|还|比较)*"
    "(?:在?忙|在?开会|在?开车|在?上课|在?上班|没有?(?:空|时间|工夫))"
)
"""A different person has no time: he is absent, and the callee is not busy."""
_NO_MORE_ZH = "[啊吧呀啦]*(?=$|,(?:谢谢|再见|算了|取消|停))"
"""The end of the answer. What follows 不转 may be a threat: 不转，他们就要抓我."""
_ACTS_ZH = "(?:们)?(?:让|叫|要|教|说|给|跟|找|帮|催|劝|想|替|转|付|汇|操作|弄|办)"
"""是我儿子让我转的 says who wanted the payment, not whose phone it is."""
_PERSON_EN = (
    "(?:^|,)(?:an? |the |just |please )?(?:(?:live|real|human) )?(?:agent|operator|human(?: being)?|person"
    "|representative)(?=,|$| please| now| lah?)"
    "|(?:yes|yeah|ok|okay|no|agent|human) (?:agent|human|operator)\\b"
    "|(?:speak|talk|speaking|talking|connect|transfer|put|get|give|want|need|like|have|call)(?: \\w+){0,3}? (?:(?:an?"
    "|the|your|another|live|real|human|actual|bank) )+(?:agent|operator|human(?: being)?|person|representative|manager)"
    "(?=,|$| (?:please|now|lah?|here|on|about|because|first|instead|at|than|not)\\b)"
    "|(?:transfer|connect|talk|speak|want|need|call|get|customer service) (?:me )?(?:to )?"
    "(?:agent|operator|human|representative)\\b(?! resources)"
    "|is there an? (?:real )?(?:human|person)\\b|(?<!my )(?:agent|person|human)s? call me\\b"
    "|(?:^|,)(?:operator|agent) help|where(?: is|'s) the (?:agent|operator|human)\\b"
    "|(?:speak|talk) to (?:someone|somebody|agent|operator|human|people)|(?:human|agent|operator"
    "|representative) (?:please|now)"
    "|(?<=[^\\x00-\\x7f])(?:agent|operator|human)(?=,|$)|(?<=[^\\x00-\\x7f] )(?:agent|operator|human)(?=,|$)"
)
"""A person is asked for by a word alone or with a verb. My estate agent and a person I know are asked for by nobody."""
_WHOSE_EN = r"(?:his|her|their|my|our|the|a|(?:the )?\w+'s)"

_HANDS_FULL_ZH = (
    "(?:(?<=^手)|(?<=^我手)|(?<=^现在手)|(?<=^我现在手)|(?<=^我手现在)"
    "|(?:^|(?<=^我)|(?<=^现在)|(?<=^我现在)|(?<=开车)|(?<=开车,)|(?<=不在手[里上])|(?<=不在手[里上],))(?=不方便按))不方便(?:按(?:键|按钮)?)?[的了啊呀,]*$"
)
"""手不方便 and 不方便按键 as the whole answer. With more around it, like 人多 or 他在旁边, it says why."""
_OTHERWISE_PRESSED_ZH = "(?![吗0-9零一二三揭时照期摩理规比]|[他她](?!们?[^,]{0,2}(?:在|看着|盯着))|[你您])"
"""不许按0吗 asks which keys there are, and 按时, 按揭 and 按他说的 are other words."""
_MAY_NOT_PRESS_ZH = (
    f"(?<!是不是)不(?:让|许|准)我?按{_OTHERWISE_PRESSED_ZH}"
    f"|(?<!怕按错)(?<!怕按错[了,我])(?<!怕按错了[,我])不敢按(?!错|,?我?怕按错){_OTHERWISE_PRESSED_ZH}"
    "|(?:按不了|不能按),?(?:因为|旁边|手机|电话)?(?:有人|[在被]?[他她]们?[^,]{0,3}(?:在|看|盯|听|不|拿|抢|手[里上]))"
    f"|(?:[他她]们|(?<!没)有人|对方|警[察官])[^,没不]{{0,5}},?我?不能按{_OTHERWISE_PRESSED_ZH}"
)
"""Who is kept from pressing a key. 不能按 may have any reason, as a screen that is broken, unless a person is named."""

ZH: dict[Meaning, str] = {
    Meaning.DISTRESS: DESPAIR_ZH,
    Meaning.NOT_ME: "(?<!是)不是我(?:自己|本人)?(?:转|操作|付|弄|办|汇)(?!的?(?:还能|难道))|我没转|我没有转|我没操作"
    "|我没有操作"
    "|(?<!以前)(?<!之前)(?<!从来)(?<!从)(?<!还)没有?转过(?!去)",
    Meaning.ALREADY_PAID: GONE_ZH,
    Meaning.MACHINE: "请留言|嘀声|滴声|哔声|语音信箱|您拨打的|您所拨打|(?:用户|机主)暂时无法接|暂时无法接通",
    Meaning.PURPOSE: "你是谁|您是谁|你是哪|您是哪|哪一位|哪位|什么事|来意|来电原因|为什么打|报上姓名|说出姓名|你谁啊",
    Meaning.WRONG_NUMBER: "(?<!是不是)打错了(?![吧吗])|打错电话(?!了?[吧吗])|错号|没这个人",
    Meaning.OPT_OUT: "别再打(?![钱款给])|不要再打(?![钱款给])|不要打了|别打了|停止来电|不想再接|不想接到",
    Meaning.CANNOT_TALK: "不方便[说讲](?!吧?[^,]{0,3}私)|说话不方便|不方便多说"
    "|(?<![他她人])(?<![他她人]现在)(?<![他她人]这会儿)(?<![转去走跑付腿脚])(?<!眼睛)"
    f"(?!{_HANDS_FULL_ZH})不方便(?![说讲]|就|所以|才|用|出门|出去|走|去|带|转|取|排)"
    "|不(?:能|让|敢|便|许|准|想|愿意?|可以)(?:我|跟|和|对|[你您]们?|别人|任何人|人|家里?人?)*(?:说|讲|告诉)(?![不没得很]|完全|百分|一定|绝对|肯定|非常|特别|十分|全)"
    f"|{_MAY_NOT_PRESS_ZH}"
    f"|{WATCHED_ZH}",
    Meaning.CALLBACK: "自己打给银行|我打给银行|打银行电话|打客服(?!.{0,3}(?:过|了|不通|没人))|我打回去|我打过去(?!了)"
    "|去银行问|去柜台(?![^,]{0,3}不方便)|先挂断",
    Meaning.AGENT: f"{HELP_ZH}"
    "|(?<![的付])人工(?![费作智钱成材耳])"
    "|(?<!见)(?<!见过)(?<!是)(?<!本人是)真人|转客服|找客服|找个人|叫个人|投诉"
    "|[叫找让请]你们的?(?:经理|主管|领导|负责人)"
    "|(?<![没不未别怕谁])(?<!没有)(?<!没人)(?<!不会)(?<![你您]才)(?<!没觉得)(?<!不觉得)被(?:人|[他她]们?|对方|骗子)?骗了(?!所以[^,]*小心)|被人骗(?=[啊呀]*(?:,|$))|(?<![没不未别怕])(?<!没有)(?<!不会)上(?:当了|了当|当受骗)(?!我知道|所以)",
    Meaning.REPEAT: "再说一遍|再说一次|再讲一遍|再念一遍|重复|没听清|没听见|没听到|没听明白|听不清|听不见|听不到"
    "|听不懂|没听懂|没懂|不懂|不明白|没明白|什么意思",
    Meaning.CANCEL: "取消(?!不[了掉])|不转了|不付了|不汇了|别转了|撤销|停掉|(?<!先)别转(?!人|来|移)"
    "|(?:^|,|[我那])不[赚专砖]了(?=[啊吧呀]*(?:,|$))"
    "|(?:可以|能)不[转付汇]了?吗(?=,|$)"
    "|(?:帮|给|替)我(?:紧急|马上)?止付|(?:^|,|我要|申请|请|赶紧|马上)止付(?=[吧啊了]*(?:,|$))"
    "|(?:^|,|那|就|(?<![说讲叫让])我)不用(?:再|继续)?[转付汇]了(?=[吧啊]*(?:,|$))"
    "|停止(?:这笔|这个|这次)?(?:转账|付款|支付|汇款|交易)"
    "|[不别](?:再|继续|接着|要|想)*[转付汇]了"
    "|(?<!想)(?:不想|不愿意?|(?<!要)不要)(?:再|继续|接着)*(?:[转付汇](?!人|接|客|来|移)|打[钱款])"
    "|(?:不想|(?<!要)不要|别)再?继续(?![说听讲问打念活或获火这过下生受])|[不别](?:再|继续|接着)+(?:[转付汇](?!人|接|客)|打[钱款])"
    "|(?<![先么啥还敢转付汇])(?<!要是)(?<!要是我)(?<!如果)(?<!如果我)"
    rf"(?:不[转付汇](?:不[转付汇])*(?:[账款]了?)?|不打[钱款]了?|不给(?:[他她]们?|对方)[转付打][账钱款]?了?){_NO_MORE_ZH}"
    "|(?:^|,|那|还是|要不)算了(?!.*(?:[转付办去说问]|没用|继续|接着))|(?:^|,)(?:停止|终止)[吧啊]*(?=,|$)"
    "|(?:帮|给|替)我停(?:了|掉|下来)|停了(?:吧|[他它])|(?:帮|给|替)我拦|(?:^|,)拦(?:住|下来?|一下)[吧啊]*(?=,|$)|撤回|撤了吧"
    rf"|(?:^|,|那|(?<![么啥])我)(?:也|都)?(?:不能|不敢)再?[转付]了?{_NO_MORE_ZH}|(?<!么)别给(?:[他她]们?|对方)[转付打]"
    r"|(?:不要|别)让\w{0,4}转(?:走|出去|过去)",
    Meaning.BUSY: "晚点再打|晚点再说|回头再说|(?:晚点儿?|待会儿?|等会儿?|过会儿?|回头|改天|明天|以后)再(?:打|说|聊)"
    "|没有?(?:空|时间|工夫)(?!了)"
    "|(?:^|,|我)(?:现在|这会儿|正|在|很|太|有点|还)+(?:忙|开会|开车|上课|上班)",
    Meaning.KEEP: "(?:别|不要)放[款行]|先停着|先不转|先别转|先别付|停着|先留着|留着|等一等|等等|再想想|想一想|考虑"
    "|先停|先放着|暂停"
    "|缓一缓|(?:别现在|现在[不别])[转付汇]|hold住|(?:^|,)(?:快|赶紧|马上|立刻)*停(?:停|下来?|住|一下)*[吧啊]?(?=,|$)|(?:帮|给|替)我停一下",
    Meaning.GENUINE: "没问题|没有问题|继续转|继续付|继续办|要继续|还是要转|现在就转|现在转|确认转",
    Meaning.WORRIED: "不放心|糊涂(?!账)|有危险|不接我?(?:的)?电话|一直在?(?:打电话|通话)"
    "|担心(?!打扰|吵|影响|麻烦|耽误)|担忧|打不通(?![你您]们|客服)|(?<![你您]们电话)(?<![你您]们电话一直)(?<!客服)(?<!客服一直)占线|没人接|联系不上|我怕[他她](?!在?忙|没空|嫌|烦)",
    Meaning.NOT_SEEN: "(?:没|没有|未)(?:看到|看见|见到|找到|收到|显示|出现)(?=[啊呀哦]*(?:,|$)|.{0,4}码)|看不到"
    "|看不见|找不到|打不开|没有?(?:这个|什么|那个)?(?:核对)?码",
    Meaning.ABSENT: "他不在(?![乎意])|她不在(?![乎意])|本人不在|机主不在"
    "|(?<!我)(?<!我[人还都])(?<!我现在)(?<!我今天)(?<!我这会儿)不在家"
    "|(?:[他她]|本人|机主)(?:本人|现在|暂时|这会儿)*(?:不方便|没法|不能|无法|没空)接"
    f"|{_OTHER_BUSY_ZH}|(?:[他她]|本人|机主)(?:人|已经|都|早就|正|现在)*(?:去世|过世|死了|住院|在医院)了?(?=,|$)",
    Meaning.RELATIVE: rf"(?:^|,|[我这那他她个部机]|号码|电话)(?:就|可|不)?是{WHOSE_ZH}(?:{KIN_ZH})(?!{_ACTS_ZH})"
    rf"|(?:^|,)[我他她]?(?:{KIN_ZH})的(?:手机|号码|电话)|(?:^|,|是)别人的(?:手机|号码|电话)?(?=$|,)",
    Meaning.UNSURE: "不知道|不清楚|说不准|说不清|说不好|不确定|不太确定|不记得|记不清|忘了|不晓得|不一定|记不得"
    "|想不起来|没印象|不太清楚|不大清楚|不太记得|搞不清|弄不清|不好说|(?<!不)可能吧|也许|大概",
}

EN: dict[Meaning, str] = {
    Meaning.DISTRESS: DESPAIR_EN,
    Meaning.NOT_ME: "not me(?! who\\b(?! (?:did|made|sent|paid for) (?:it|this|that)\\b| (?:paid|transferred)\\b))"
    "|wasn't me|was not me"
    "|i (?:didn't|did not|never) (?:make|made|send|sent) (?:it|this|that|the|any) ?(?:payment|transfer"
    "|money)?(?!\\b[^,]* before)",
    Meaning.ALREADY_PAID: GONE_EN,
    Meaning.MACHINE: "leave a message|leave your message|after the tone|after the beep|voicemail|voice mail"
    "|leave your name"
    r"|(?:person|number|customer|subscriber|party|user) you(?: \w+| '?\w+){1,4} (?:is"
    r"|are) (?:currently )?(?:not available|unavailable)"
    "|(?:not available|unable) to take your call",
    Meaning.PURPOSE: "who is calling|who's calling|who is it(?=,|$)|who is that(?=,|$)"
    "|who is this|who's this|who are you|reason for your call"
    "|reason for calling|purpose of|what is this about|what's this about|state your name|say your name"
    "|record your name",
    Meaning.WRONG_NUMBER: "wrong number|no such person",
    Meaning.OPT_OUT: "stop calling|no more calls|remove my number"
    "|(?<!they )(?:don't|do not) call (?:me|us|here|again|this)|(?:don't|do not) call(?=,|$)",
    Meaning.CANNOT_TALK: "not a good time|(?<!he )(?:can't|cannot|can not) (?:talk|speak)(?! to (?:him|her|them"
    "|my)\\b| too loud| loudly)"
    "|(?:not|isn't|aren't|wasn't) (?:allowed|supposed) to (?:say|tell|talk|speak)"
    "|(?:afraid|scared) to (?:say|tell|talk|speak)|(?:don't|do not|wouldn't|would not) dare|dare not"
    "|(?:(?:don't|do not) want to|rather not) (?:say|tell|talk)"
    f"|{WATCHED_EN}",
    Meaning.CALLBACK: "call the bank|call you back|ring the bank|hang up and call|go to the branch",
    Meaning.AGENT: f"{_PERSON_EN}|your manager"
    "|(?<!don't think i've )(?<!don't think i have )(?<!don't think i )"
    "(?<!n't )(?<!not )(?<!never )(?:been|got|was|am|being) (?:scammed|cheated|conned|tricked)(?! (?:once|before"
    "|years|last year)\\b)"
    f"|{HELP_EN}",
    Meaning.REPEAT: "repeat|again please|say again|say that again|pardon|didn't hear|did not hear|didn't catch"
    "|did not catch"
    "|(?:don't|do not|didn't|did not|can't|cannot) (?:quite |really )?(?:understand|follow you|hear you)",
    Meaning.CANCEL: "cancel|cancelling|cancellation|stop (?:the|this|that|my) (?:payment|transfer|money)|stop it"
    "|(?:^|,|please )stop payments?(?=,|$| please| now)|(?:^|,|please |i want to |i'd like to |can you |could you )"
    "reverse (?:it(?=,|$| please)|(?:the|this|that|my) (?:payment|transfer|transaction))"
    "|(?<!they )(?<!why )(?:don't|do not) (?:send|transfer|pay)(?: it| this| that| the money| the payment)?(?=,|$)"
    "|no longer want|don't want to pay"
    "|do not want to pay|(?:don't|do not) want (?:it|this(?: payment| transfer)?)(?=,|$| any ?more)"
    "|(?:don't|do not) want to (?:send|transfer|make (?:it|this|that|(?:this|that|the|any) (?:payment|transfer))"
    "(?=,|$| any| now))"
    "|i (?:won't|will not|am not going to) (?:pay|send|transfer)"
    "|(?<!why )(?:don't|do not|won't|will not|not|never) (?:(?:want|wish) to |let (?:it|them) )?"
    "(?:go ahead|continue|proceed)(?! (?:living|like this|this way|(?:with )?(?:my |this )?life))",
    Meaning.BUSY: "not now|call later|call back later|not right now|(?:i'm|i am) (?:very |really )?busy"
    "|(?:i'm|i am|we're) (?:in a meeting|at work|driving|in class)|call (?:me |us )?(?:back )?(?:again )?later",
    Meaning.KEEP: "(?:^|,)(?:please |just )?stop(?: please)?(?=,|$)"
    "|wait|on hold|hold it|think it over|think about it|later|(?:don't|do not) pay (?:it )?now",
    Meaning.GENUINE: "go ahead|all is well|all well|it's genuine|it is genuine|continue|pay now|still want to pay"
    "|it's fine",
    Meaning.WORRIED: "in danger|(?:not|n't) answering|won't (?:listen|answer|pick up)"
    "|worried|worry|concerned|not at ease|uneasy|afraid for"
    "|(?:can't|cannot|couldn't) (?:reach|get hold of|get through)|(?:line|phone) is (?:busy|engaged)(?! because)"
    "|not picking up",
    Meaning.NOT_SEEN: "no code|no check code"
    "|(?:don't|do not|can't|cannot|didn't|did not) (?:see|find|get|have) (?:a|any|the|that|my) (?:check )?code"
    "|(?:don't|do not|can't|cannot) (?:see|find) (?:it|one|any|anything)(?=,|$)"
    "|(?:can't|cannot) open (?:it|the app|my app)",
    Meaning.ABSENT: "(?<!i'm )(?<!i am )(?:not here|not home)|(?:he|she) is at work|she is out|he is out"
    rf"|(?:he|she|my (?:{KIN_EN}))(?:'s| is) (?:not in|out|away|asleep|busy)(?=,|$| now| right now)"
    "|(?:isn't|is not|he's not|she's not) (?:in(?=,|$)|available|around)(?! but i\\b)"
    "|(?:he|she) (?:can't|cannot) (?:come|take the call|talk)"
    "|(?:he|she)(?:'s| is| has)? (?:in (?:the )?hospital|dead|died|passed away)(?=,|$)",
    Meaning.RELATIVE: rf"(?:i am|i'm|it is|it's|this is|that is|that's|phone is) (?:not mine (?:it is"
    rf"|it's) )?{_WHOSE_EN} (?:{KIN_EN})(?:'s)?(?! (?:who|that|and|told|asked|wants?|said|made|sent)\b)"
    "|(?:someone|somebody) else's (?:phone|number)"
    "|(?:it's|it is|this is) (?:someone|somebody) else's(?=$|,)",
    Meaning.UNSURE: "not sure|don't know|do not know|unsure|no idea|maybe|perhaps|i forget|can't remember"
    "|cannot remember|don't remember|do not remember|don't recall|do not recall|can't recall|not certain",
}
