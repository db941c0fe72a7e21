"""Words for those who are close to somebody."""

from __future__ import annotations

KIN_ZH = (
    "老婆|老公|妻子|丈夫|太太|先生|爱人|老伴|对象|儿子|女儿|孙子|孙女|儿媳|媳妇|女婿|爸|妈|父亲|母亲|爷爷|奶奶|外公"
    "|外婆|姥姥|姥爷|哥|姐|弟|妹|男朋友|女朋友|家里?人|亲戚|家属|保姆|护工|阿姨|邻居|同事|朋友|秘书|助理|室友"
)
LOVED_ZH = "(?:孩子|儿子|女儿|孙子|孙女|爸|妈|父母|老婆|老公|爱人|老伴|家里?人|家属|全家)"
WHOSE_ZH = r"(?:[我你您他她]们?|\w{1,4}的)?家?里?的?"
KIN_EN = (
    "wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|grandson|granddaughter|grandma|grandpa"
    "|grandmother|grandfather|aunt|uncle|niece|nephew|cousin|partner|girlfriend|boyfriend|carer|caregiver|nurse|maid"
    "|helper|neighbou?r|friend|colleague|secretary|assistant|flatmate|roommate|boss"
)
