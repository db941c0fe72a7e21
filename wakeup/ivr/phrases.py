"""Patterns of what people say, by meaning, plain phrases first. The text has a comma between clauses."""

from __future__ import annotations

from wakeup.ivr.meaning import Meaning

_KIN_ZH = (
    "老婆|老公|妻子|丈夫|太太|先生|爱人|老伴|对象|儿子|女儿|孙子|孙女|儿媳|媳妇|女婿|爸|妈|父亲|母亲|爷爷|奶奶|外公"
    "|外婆|姥姥|姥爷|哥|姐|弟|妹|男朋友|女朋友|家里?人|亲戚|家属|保姆|护工|阿姨|邻居|同事|朋友|秘书|助理|室友"
)
_LOVED_ZH = "(?:孩子|儿子|女儿|孙子|孙女|爸|妈|父母|老婆|老公|爱人|家里?人|家属|全家)"
_WHOSE_ZH = r"(?:[我你您他她]们?|\w{1,4}的)?家?里?的?"
_KIN_EN = (
    "wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|grandson|granddaughter|grandma|grandpa"
    "|grandmother|grandfather|aunt|uncle|niece|nephew|cousin|partner|girlfriend|boyfriend|carer|caregiver|nurse|maid"
    "|helper|neighbou?r|friend|colleague|secretary|assistant|flatmate|roommate|boss"
)
_OTHER_BUSY_ZH = (
    rf"(?:[他她]|本人|机主|(?:^|,|喂)我?家?(?:{_KIN_ZH}))(?:本人|现在|暂时|这会儿|正|很|还|比较)*"
    "(?:在?忙|在?开会|在?开车|在?上课|在?上班|没有?(?:空|时间|工夫))"
)
"""A different person has no time: he is absent, and the callee is not busy."""
_NO_MORE_ZH = "[啊吧呀]*(?=$|,(?:谢谢|再见|算了|取消|停))"
"""The end of the answer. What follows 不转 may be a threat: 不转，他们就要抓我."""
_ACTS_ZH = "(?:们)?(?:让|叫|要|教|说|给|跟|找|帮|催|劝|想|替|转|付|汇|操作|弄|办)"
"""是我儿子让我转的 says who wanted the payment, not whose phone it is."""
_WATCHED_ZH = (
    "(?:旁边|身边)(?:有人|站着|坐着)|(?<!没)有人(?:就|一直|正)*(?:在|站在|坐在)?(?:我)?(?:旁边|身边|身后|边上)"
    "|(?:[他她]们?|(?<!没)有人|人家|对方|警察)(?:就|正|一直|都)*(?:在)?(?:看着|盯着|监视|监听|守着|跟着|听着)(?:着)?(?:我|呢|这)"
    "|(?:(?<!没)有人|[他她]们?|警察)(?:就|正|一直)*在(?:旁边|身边)?(?:偷)?听(?=[着呢啊]*(?:,|$))"
    "|(?:别|不要|不能)(?:让|给|被)(?:[他她]们?|人)听(?:见|到)|(?<!没)(?<!没有)不(?:让|许|准|能|可以|给)(?:我)?挂(?!失)"
    "|(?<!没)(?<!没有)在(?:跟|和)(?:警[察官方]|公安|检察官?|法官)(?:在|正)?(?:打|通|视频|连线|说|讲)(?!过)"
)
"""What a callee says who is listened to, or held on another line."""
_WATCHED_EN = (
    "(?:someone|somebody|people|they)(?:'s|'re| is| are) (?:here with me|with me|next to me|beside me|behind me"
    "|listening|watching|standing)|(?:he|she)(?:'s| is) (?:watching|listening|next to me|beside me|standing)"
    "|(?:i'm|i am) not alone|(?:can't|cannot) say(?=,|$)"
    "|(?<!you )(?:won't|will not|don't|do not|doesn't|not) (?:let|allow) me(?: to)? (?:hang up|talk|speak|get off)"
    "|(?:can't|cannot|not allowed to|mustn't|must not) hang up|don't let (?:them|him|her) hear"
    "|(?<!not )on the (?:phone|line|other line|other phone|call) (?:with|to) (?:the |a )?(?:police|officer|inspector"
    "|court|prosecutor)"
)
_HELP_ZH = (
    "(?:^|,|快|[请求你您谁来])(?:救救?我|帮帮我)(?!取消|停|转|拦|付)"
    "|(?:^|,|(?<![教叫诉])我|[那可该这]|现在|应该|还能|不知道)怎么办(?=[呢啊呀哦才好]*(?:,|$))"
    "|(?:^|,|我)(?:好|很|真的?|真的好|有点|非常|特别)?(?:害怕|怕)(?=[啊呀了极死]*(?:,|$))|(?<![没不])(?<!没有)(?:被|遭)?绑架(?:了|我)"
    f"|{_LOVED_ZH}[^,]{{0,3}}在(?:[他她]们?|对方|人家)手[上里]"
    f"|(?:要|(?<!不)会|说)(?:把我)?(?:杀|弄死|打死)(?:了|掉)?(?:我|{_LOVED_ZH})"
    "|(?<![没不未])(?<!没有)(?<!不是)(?<!没人)被(?:人|[他她]们?)?(?:逼|威胁|胁迫|控制|绑)(?:的|了|着|转)"
    "|(?:[他她]们?|对方|人家)(?:在|一直)?(?:逼|威胁|恐吓)(?:着)?我"
    "|(?:手机|电脑|屏幕)被?(?:人|[他她]们?)?(?:远程)?(?:控制|黑)了|(?:(?<!没)有人|[他她]们?)在?(?:远程|控制)(?:着)?我|挂失"
    "|(?:帮|给|替)我(?:报警|冻结|锁)|(?:^|,|我)(?:现在)?有(?:生命)?危险"
    "|(?:(?<!没)有|拿着?)刀|堵在?我?家?门口|救护车|喘不[上过]气"
)
"""A cry for help: a person hears it, not the next question."""
_HELP_EN = (
    "(?:^|,|please |someone |somebody )help(?: me)?(?: please| now)?(?=,|$)|save me"
    "|(?:i|we) need (?:some )?help(?=,|$| now)|(?:don't|do not) know what to do"
    "|what(?: the hell)? (?:should|do|can|am) (?:i|we)(?: supposed to)? do(?: now)?(?=,|$)"
    "|(?:i'm|i am|i) (?:so |very |really )?(?:scared|frightened|terrified)(?=,|$| lah)"
    "|(?<!not )(?<!n't )(?<!never )(?<!nobody )kidnapped"
    f"|(?:they|he|she)(?:'ve|'s| have| has)?(?: got)? my (?:{_KIN_EN}|family|kids?|child|children|baby)(?=,|$)"
    "|(?:they|he|she)(?:'ll| will|'re going to| are going to|'s going to| want to| wants to) (?:kill|murder)"
    "|(?:i am|i'm|(?<!not )(?<!n't )being|i was) (?:forced|threatened|blackmailed)"
    "|(?:they're|they are|he's|he is|she's|she is) (?:forcing|threatening|blackmailing) me"
    "|(?:someone|somebody|they|he|she)(?:'s|'re| is| are) (?:controlling|in control of) my"
    "|(?:phone|computer|laptop) (?:is|was|has been|got) (?:being )?(?:hacked|controlled|taken over)"
    "|(?:please |can you |could you |^|,)(?:freeze|block|lock) my (?:account|card)"
    "|(?:please |can you |,|^)call the police(?=,|$)"
    "|(?:i'm|i am) (?:not safe|in danger)|(?:has|with|got) a (?:knife|gun)"
    "|(?:at|outside) my (?:door|house)(?=,|$| now)|send (?:the |for the )?police|ambulance|(?:can't|cannot) breathe"
)
_WHOSE_EN = r"(?:his|her|their|my|our|the|a|(?:the )?\w+'s)"

ZH: dict[Meaning, str] = {
    Meaning.DISTRESS: "不想活|活不下去|活着没意思|想死|去死|自杀|轻生|跳楼|跳河|了结自己|不活了|不如死|没法活"
    "|死了算了|死了拉倒|一死了之|一了百了|想不开|活够了|活腻了|寻死|救命(?!的?钱)|不想再活|结束(?:自己|我)的?生命"
    "|活着(?:还|又|到底)?有什么(?:意思|意义|用)|活着(?:真|太|也)?没(?:什么)?(?:意思|意义|劲|用)|没脸活|结束这一切"
    r"|上吊|割腕|喝\w{0,4}农药|(?:吃|吞|喝)\w{0,4}安眠药|(?:想|要|从\w{1,6})跳(?:下去|了(?=,|$))"
    "|没有?活路|活不成|走投无路|(?:我|人|日子|心里|^|,)(?:真的?|实在|已经|快要?|就要|都|也|再)*[撑熬]不(?:下去|住)|不想再[撑熬]"
    "|(?<![烦吵热]得)(?<![烦吵热]得我)(?<!太[热吵])受不了了(?=[啊呀]*(?:,|$))|活不了了|不如一死"
    "|(?:^|,|(?<![烦吵]得)我|人|精神)(?:真的?|要|快|都|就)*(?:崩溃|疯了(?=[啊呀]*(?:,|$)))"
    rf"|(?<=\w)对不起我?的?{_LOVED_ZH}(?![^,]{{0,3}}(?:在|睡|哭))"
    f"|对不起(?:[啊了]*,?|我的?){_LOVED_ZH}+们?(?=了?(?:[啊呀]*(?:,|$)|我))"
    "|活着(?:真|太|好|也)?累|让我(?:去)?死|死给[你您他她]们?看"
    "|没脸(?:再|去)?见(?!老板|领导|客户|同事)"
    "|不(?:想|愿意?|要|能)再(?:拖累|连累)",
    Meaning.NOT_ME: "(?<!是)不是我(?:自己|本人)?(?:转|操作|付|弄|办|汇)|我没转|我没有转|我没操作|我没有操作"
    "|没有?转过(?!去)",
    Meaning.ALREADY_PAID: "已经转(?!人)|已经付|已经汇|已经打过去|[转付汇打](?:[过出]去|走)了(?![吗没])"
    "|钱(?:已经|都|全)?没了|(?:转|打|付|汇)给(?:[他她]们?|对方)了"
    "|钱(?:已经|都|全)*给(?:[他她]们?|对方)了|[转付汇]完了(?![吗没])|已经 ?(?:transfer|paid|pay|sent|send)"
    "|(?:钱|都|刚|早就|全)(?:转|付|汇|打)了(?=[啊呀的]*(?:,|$))|(?:^|,|我)(?:付|交)了(?=[啊呀的]*(?:,|$))"
    "|钱(?:已经|都|全)*出去了|钱不见了|钱(?:已经)?被?扣了|(?:已经|被)扣了|(?:^|,|我|已经|都)给(?:[他她]们?|对方)了"
    "|已经[给交充投打]了|[充投存]进去了|[转付汇交]过了|刚[转付汇]完|刚付过"
    "|(?<![没不])(?<!没有)(?<!不会)(?:被骗[光走]|(?<!被)骗[光走])了|[转付汇打]了(?:一半|一部分|一些)|(?<![说讲帮])(?:还能|能|可以|能不能)追得?回来?[吗呢]"
    "|(?<![说讲帮])怎么追得?回"
    "|[转付汇打]了(?:好几|[一二两三四五六七八九十几]+)[笔次]了",
    Meaning.MACHINE: "请留言|嘀声|滴声|哔声|语音信箱|您拨打的|您所拨打|(?:用户|机主)暂时无法接|暂时无法接通",
    Meaning.PURPOSE: "你是谁|您是谁|你是哪|您是哪|哪一位|哪位|什么事|来意|来电原因|为什么打|报上姓名|说出姓名|你谁啊",
    Meaning.WRONG_NUMBER: "打错了|打错电话|错号|没这个人",
    Meaning.OPT_OUT: "别再打(?![钱款给])|不要再打(?![钱款给])|不要打了|别打了|停止来电|不想再接|不想接到",
    Meaning.CANNOT_TALK: "不方便说|不方便讲|说话不方便|不方便多说"
    "|(?<![他她人])(?<![他她人]现在)(?<![他她人]这会儿)不方便"
    "|不(?:能|让|敢|便|许|准|想|愿意?|可以)(?:我|跟|和|对|[你您]们?|别人|任何人|家里?人?)*(?:说|讲|告诉)(?![不没得])"
    f"|{_WATCHED_ZH}",
    Meaning.CALLBACK: "自己打给银行|我打给银行|打银行电话|打客服(?!.{0,3}(?:过|了|不通|没人))|我打回去|我打过去(?!了)"
    "|去银行问|去柜台|先挂断",
    Meaning.AGENT: f"{_HELP_ZH}"
    "|人工|(?<!见)(?<!见过)真人|转客服|找客服|找个人|叫个人|投诉"
    "|[叫找让请]你们的?(?:经理|主管|领导|负责人)"
    "|(?<![没不未别怕])(?<!没有)(?<!没人)(?<!不会)被(?:人|[他她]们?|对方)?骗了|(?<![没不未别怕])(?<!没有)(?<!不会)上(?:当了|了当)",
    Meaning.REPEAT: "再说一遍|再说一次|再讲一遍|再念一遍|重复|没听清|没听见|没听到|没听明白|听不清|听不见|听不到"
    "|听不懂|没听懂|没懂|不懂|不明白|没明白|什么意思",
    Meaning.CANCEL: "取消(?!不[了掉])|不转了|不付了|不汇了|别转了|撤销|停掉|(?<!先)别转(?!人|来|移)"
    "|(?:^|,|[我那])不[赚专砖]了(?=[啊吧呀]*(?:,|$))"
    "|(?:可以|能)不[转付汇]了?吗(?=,|$)"
    "|停止(?:这笔|这个|这次)?(?:转账|付款|支付|汇款|交易)"
    "|[不别](?:再|继续|接着|要|想)*[转付汇]了"
    "|(?<!想)(?:不想|不愿意?|(?<!要)不要)(?:再|继续|接着)*(?:[转付汇](?!人|接|客|来|移)|打[钱款])"
    "|(?:不想|(?<!要)不要|别)再?继续(?![说听讲问打念])|[不别](?:再|继续|接着)+(?:[转付汇](?!人|接|客)|打[钱款])"
    "|(?<![先么啥还敢转付汇])(?<!要是)(?<!要是我)(?<!如果)(?<!如果我)"
    rf"(?:不[转付汇](?:不[转付汇])*(?:[账款]了?)?|不打[钱款]了?|不给(?:[他她]们?|对方)[转付打][账钱款]?了?){_NO_MORE_ZH}"
    "|(?:^|,|那|还是|要不)算了(?!.*(?:[转付办去说问]|没用|继续|接着))|(?:^|,)(?:停止|终止)[吧啊]*(?=,|$)"
    "|(?:帮|给|替)我停(?:了|掉|下来)|停了吧|(?:帮|给|替)我拦|(?:^|,)拦(?:住|下来?|一下)[吧啊]*(?=,|$)|撤回|撤了吧"
    rf"|(?:^|,|那|(?<![么啥])我)(?:也|都)?(?:不能|不敢)再?[转付]了?{_NO_MORE_ZH}|(?<!么)别给(?:[他她]们?|对方)[转付打]"
    r"|(?:不要|别)让\w{0,4}转(?:走|出去|过去)",
    Meaning.BUSY: "晚点再打|晚点再说|回头再说|(?:晚点儿?|待会儿?|等会儿?|过会儿?|回头|改天|明天|以后)再(?:打|说|聊)"
    "|没有?(?:空|时间|工夫)(?!了)"
    "|(?:^|,|我)(?:现在|这会儿|正|在|很|太|有点|还)+(?:忙|开会|开车|上课|上班)",
    Meaning.KEEP: "先停着|先不转|先别转|先别付|停着|先留着|留着|等一等|等等|再想想|想一想|考虑|先停|先放着|暂停"
    "|缓一缓|(?:别现在|现在[不别])[转付汇]|hold住|(?:^|,)停(?:停|下来?|住|一下)*[吧啊]?(?=,|$)|(?:帮|给|替)我停一下",
    Meaning.GENUINE: "没问题|没有问题|继续转|继续付|继续办|要继续|还是要转|现在就转|现在转|确认转",
    Meaning.WORRIED: "不放心|糊涂|有危险|不接我?(?:的)?电话|一直在?(?:打电话|通话)"
    "|担心|担忧|打不通|占线|没人接|联系不上|我怕[他她]",
    Meaning.NOT_SEEN: "(?:没|没有|未)(?:看到|看见|见到|找到|收到|显示|出现)(?=[啊呀哦]*(?:,|$)|.{0,4}码)|看不到"
    "|看不见|找不到|打不开|没有?(?:这个|什么|那个)?(?:核对)?码",
    Meaning.ABSENT: "他不在(?![乎意])|她不在(?![乎意])|本人不在|机主不在|不在家"
    "|(?:[他她]|本人|机主)(?:本人|现在|暂时|这会儿)*(?:不方便|没法|不能|无法|没空)接"
    f"|{_OTHER_BUSY_ZH}|(?:[他她]|本人|机主)(?:人|已经|都|早就|正|现在)*(?:去世|过世|死了|住院|在医院)了?(?=,|$)",
    Meaning.RELATIVE: rf"(?:^|,|[我这那他她个部机]|号码|电话)(?:就|可|不)?是{_WHOSE_ZH}(?:{_KIN_ZH})(?!{_ACTS_ZH})"
    rf"|(?:^|,)[我他她]?(?:{_KIN_ZH})的(?:手机|号码|电话)|(?:^|,|是)别人的(?:手机|号码|电话)?(?=$|,)",
    Meaning.UNSURE: "不知道|不清楚|说不准|说不清|说不好|不确定|不太确定|不记得|记不清|忘了|不晓得|不一定|记不得"
    "|想不起来|没印象|不太清楚|不大清楚|不太记得|搞不清|弄不清|不好说|(?<!不)可能吧|唔知|也许|大概",
}

EN: dict[Meaning, str] = {
    Meaning.DISTRESS: "kill myself|end my life|want to die|suicide|suicidal|hurt myself|harm myself"
    "|no reason to live|better off dead|let me die"
    "|(?:tired of|hate) (?:(?:my|this) )?life(?! (?:insurance|assurance|policy|story))"
    "|better off without me|want to disappear|(?:can't|cannot) do this any ?more"
    "|(?:can't|cannot) take (?:it|this)(?=,|$)"
    "|(?:don't|can't|cannot) see (?:a|any) way out|killing myself|ending my life"
    "|wanna die|take my (?:own )?life"
    "|end(?:ing)? it all|wish i (?:was|were) dead|(?:want to|rather) be dead"
    "|(?:don't|do not|no longer) (?:want to|wanna) (?:live(?! (?:there|here|in|at|with|near|on|by)\\b)|be alive"
    "|go on living)|(?:can't"
    "|cannot) go on living|not worth living|tired of living|nothing to live for|no point (?:in )?living"
    "|(?:can't|cannot|can not) go on(?=,|$| like this| any ?more| any longer)"
    "|(?:can't|cannot|can not) take (?:it|this) any ?(?:more|longer)|no way out(?=,|$| for me| of this)|overdose"
    "|(?:want|going) to jump(?: off)?(?=,|$)"
    "|jump(?:ing)? (?:off|from|out of) (?:the|a|my|this) (?:building|bridge|roof|balcony|block|window|flat)"
    "|(?:take|took|taken|swallow(?:ed)?) (?:all|too many)(?: of)?(?: my| the| these)? pills|my life is over",
    Meaning.NOT_ME: "not me|wasn't me|was not me"
    "|i (?:didn't|did not|never) (?:make|made|send|sent) (?:it|this|that|the|any) ?(?:payment|transfer|money)?",
    Meaning.ALREADY_PAID: "already (?:paid|pay|sent|send|transferred|transfer|gone)"
    "|(?:paid|pay|sent|send|transferred|transfer)(?: it| them| him| her| the money)? already"
    "|money is gone|money has gone|they took (?:everything|all)"
    "|i(?:'ve)? lost (?:everything|all my)|(?:sent|paid|transferred) (?:half|part of it|some of it)"
    "|(?:can|could|how (?:can|do|could)) (?:i|we) get (?:it|(?:my|the|our) money) back"
    "|money's gone|i(?:'ve| have)? (?:just )?(?:transferred|sent|paid) (?:it|the money|everything)",
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
    Meaning.CANNOT_TALK: "not a good time|(?<!he )(?:can't|cannot|can not) (?:talk|speak)"
    "|(?:not|isn't|aren't|wasn't) (?:allowed|supposed) to (?:say|tell|talk|speak)"
    "|(?:afraid|scared) to (?:say|tell|talk|speak)|(?:don't|do not|wouldn't|would not) dare|dare not"
    "|(?:(?:don't|do not) want to|rather not) (?:say|tell|talk)"
    f"|{_WATCHED_EN}",
    Meaning.CALLBACK: "call the bank|call you back|ring the bank|hang up and call|go to the branch",
    Meaning.AGENT: "agent|human|operator|real person|a person|(?:speak|talk) to (?:someone|somebody|a manager)"
    "|your manager|representative"
    "|(?<!n't )(?<!not )(?<!never )(?:been|got|was|am|being) (?:scammed|cheated|conned|tricked)"
    f"|{_HELP_EN}",
    Meaning.REPEAT: "repeat|again please|say again|say that again|pardon|didn't hear|did not hear|didn't catch"
    "|did not catch"
    "|(?:don't|do not|didn't|did not|can't|cannot) (?:quite |really )?(?:understand|follow you|hear you)",
    Meaning.CANCEL: "cancel|cancelling|cancellation|stop (?:the|this|that|my) (?:payment|transfer|money)|stop it"
    "|(?<!they )(?<!why )(?:don't|do not) (?:send|transfer|pay)(?: it| this| that| the money| the payment)?(?=,|$)"
    "|no longer want|don't want to pay"
    "|do not want to pay|(?:don't|do not) want (?:it|this(?: payment| transfer)?)(?=,|$| any ?more)"
    "|(?:don't|do not) want to (?:send|transfer|make (?:it|this|that|(?:this|that|the|any) (?:payment|transfer))"
    "(?=,|$| any| now))"
    "|i (?:won't|will not|am not going to) (?:pay|send|transfer)"
    "|(?<!why )(?:don't|do not|won't|will not|not|never) (?:(?:want|wish) to |let (?:it|them) )?"
    "(?:go ahead|continue|proceed)",
    Meaning.BUSY: "not now|call later|call back later|not right now|(?:i'm|i am) (?:very |really )?busy"
    "|(?:i'm|i am|we're) (?:in a meeting|at work|driving|in class)|call (?:me |us )?(?:back )?(?:again )?later",
    Meaning.KEEP: "(?:^|,)(?:please |just )?stop(?: please)?(?=,|$)"
    "|wait|on hold|hold it|think it over|think about it|later|(?:don't|do not) pay (?:it )?now",
    Meaning.GENUINE: "go ahead|all is well|all well|it's genuine|it is genuine|continue|pay now|still want to pay"
    "|it's fine",
    Meaning.WORRIED: "in danger|(?:not|n't) answering|won't (?:listen|answer|pick up)"
    "|worried|worry|concerned|not at ease|uneasy|afraid for"
    "|(?:can't|cannot|couldn't) (?:reach|get hold of|get through)|(?:line|phone) is (?:busy|engaged)|not picking up",
    Meaning.NOT_SEEN: "no code|no check code"
    "|(?:don't|do not|can't|cannot|didn't|did not) (?:see|find|get|have) (?:a|any|the|that|my) (?:check )?code"
    "|(?:don't|do not|can't|cannot) (?:see|find) (?:it|one|any|anything)(?=,|$)"
    "|(?:can't|cannot) open (?:it|the app|my app)",
    Meaning.ABSENT: "not here|(?:he|she) is at work|not home|she is out|he is out"
    rf"|(?:he|she|my (?:{_KIN_EN}))(?:'s| is) (?:not in|out|away|asleep|busy)(?=,|$| now| right now)"
    "|(?:isn't|is not|he's not|she's not) (?:in(?=,|$)|available|around)"
    "|(?:he|she) (?:can't|cannot) (?:come|take the call|talk)"
    "|(?:he|she)(?:'s| is| has)? (?:in (?:the )?hospital|dead|died|passed away)(?=,|$)",
    Meaning.RELATIVE: rf"(?:i am|i'm|it is|it's|this is|that is|that's|phone is) (?:not mine (?:it is"
    rf"|it's) )?{_WHOSE_EN} (?:{_KIN_EN})(?:'s)?(?! (?:who|that|and|told|asked|wants?|said|made|sent)\b)"
    "|(?:someone|somebody) else's (?:phone|number)"
    "|(?:it's|it is|this is) (?:someone|somebody) else's(?=$|,)",
    Meaning.UNSURE: "not sure|don't know|do not know|unsure|no idea|maybe|perhaps|i forget|can't remember"
    "|cannot remember|don't remember|do not remember|don't recall|do not recall|can't recall|not certain",
}
