"""Patterns of what callees say who are in danger, watched, or told what to say."""

from __future__ import annotations

from wakeup.ivr.kin import KIN_EN, LOVED_ZH

WATCHED_ZH = (
    "(?:旁边|身边)(?:有人|站着|坐着)|(?<!没)有人(?:就|一直|正)*(?:在|站在|坐在)?(?:我)?(?:旁边|身边|身后|边上)"
    "|(?:[他她]们?|(?<!没)有人|人家|对方|警察)(?:就|正|一直|都)*(?:在)?(?:看着|盯着|监视|监听|守着|跟着|听着)(?:着)?(?:我|呢|这)"
    "|(?:(?<!没)有人|[他她]们?|警察)(?:就|正|一直)*在(?:旁边|身边)?(?:偷)?听(?=[着呢啊]*(?:,|$))"
    "|(?:别|不要|不能)(?:让|给|被)(?:[他她]们?|人)听(?:见|到)|(?<!没)(?<!没有)不(?:让|许|准|能|可以|给)(?:我)?挂(?!失)"
    "|(?<!没)(?<!没有)在(?:跟|和)(?:警[察官方]|公安|检察官?|法官)(?:在|正)?(?:打|通|视频|连线|说|讲)(?!过)"
)
"""What a callee says who is listened to, or held on another line."""
WATCHED_EN = (
    "(?:someone|somebody|people|they)(?:'s|'re| is| are) (?:here with me|with me|next to me|beside me|behind me"
    "|listening|watching|standing)|(?:he|she)(?:'s| is) (?:watching|listening|next to me|beside me|standing)"
    "|(?:i'm|i am) not alone|(?:can't|cannot) say(?=,|$)"
    "|(?<!you )(?:won't|will not|don't|do not|doesn't|not) (?:let|allow) me(?: to)? (?:hang up|talk|speak|get off)"
    "|(?:can't|cannot|not allowed to|mustn't|must not) hang up|don't let (?:them|him|her) hear"
    "|(?<!not )on the (?:phone|line|other line|other phone|call) (?:with|to) (?:the |a )?(?:police|officer|inspector"
    "|court|prosecutor)"
)
HELP_ZH = (
    "(?:^|,|快|[请求你您谁来])(?:救救?我|帮帮我)(?!取消|停|转|拦|付)"
    "|(?:^|,|(?<![教叫诉])我|[那可该这]|现在|应该|还能|不知道)怎么办(?=[呢啊呀哦才好]*(?:,|$))"
    "|(?:^|,|我)(?:好|很|真的?|真的好|有点|非常|特别)?(?:害怕|怕)(?=[啊呀了极死]*(?:,|$))|(?<![没不])(?<!没有)(?:被|遭)?绑架(?:了|我)"
    f"|{LOVED_ZH}[^,]{{0,3}}在(?:[他她]们?|对方|人家)手[上里]"
    f"|(?:要|(?<!不)会|说)(?:把我)?(?:杀|弄死|打死)(?:了|掉)?(?:我|{LOVED_ZH})"
    "|(?<![没不未])(?<!没有)(?<!不是)(?<!没人)被(?:人|[他她]们?)?(?:逼|威胁|胁迫|控制|绑)(?:的|了|着|转)"
    "|(?:[他她]们?|对方|人家)(?:在|一直)?(?:逼|威胁|恐吓)(?:着)?我"
    "|(?:手机|电脑|屏幕)被?(?:人|[他她]们?)?(?:远程)?(?:控制|黑)了|(?:(?<!没)有人|[他她]们?)在?(?:远程|控制)(?:着)?我|挂失"
    "|(?:帮|给|替)我(?:报警|冻结|锁)|(?:^|,|我)(?:现在)?有(?:生命)?危险"
    "|(?:(?<!没)有|拿着?)刀|堵在?我?家?门口|救护车|喘不[上过]气"
)
"""A cry for help: a person hears it, not the next question."""
HELP_EN = (
    "(?:^|,|please |someone |somebody )help(?: me)?(?: please| now)?(?=,|$)|save me"
    "|(?:i|we) need (?:some )?help(?=,|$| now)|(?:don't|do not) know what to do"
    "|what(?: the hell)? (?:should|do|can|am) (?:i|we)(?: supposed to)? do(?: now)?(?=,|$)"
    "|(?:i'm|i am|i) (?:so |very |really )?(?:scared|frightened|terrified)(?=,|$| lah)"
    "|(?<!not )(?<!n't )(?<!never )(?<!nobody )kidnapped"
    f"|(?:they|he|she)(?:'ve|'s| have| has)?(?: got)? my (?:{KIN_EN}|family|kids?|child|children|baby)(?=,|$)"
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
