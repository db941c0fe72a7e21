"""The words of the page around a script, in the reader's language. Node names, codes and prompts stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wakeup.web.console.i18n import Look

ZH = {
    # What nodes do
    "speaks, continues": "说话，然后继续",
    "plays recordings, continues": "播放录音，然后继续",
    "asks, continues by key or word": "提问，按键或说话后继续",
    "one scored question": "一道计分问题",
    "takes several digits": "收取多位数字",
    "asks an open question": "问一个开放问题",
    "records a message": "录下留言",
    "brings an agent to the line": "请坐席加入通话",
    "joins a conference": "进入三方通话",
    "requests that the guardian be told": "请求告知守护人",
    "requests another call": "请求再次拨打",
    "continues by the answers": "按回答继续",
    "continues by what is known": "按已知情况继续",
    "divides the customers": "把客户分流",
    "sets a flag": "设置标记",
    "changes the language": "切换语言",
    "records who answered, or the outcome": "记录接听人或结果",
    "last words, the end": "结束语，结束",
    "does not exist": "不存在",
    # Captions
    "there is no such node": "没有这个节点",
    "asks, waits {n} s": "提问，等 {n} 秒",
    "question, weight {n}": "问题，权重 {n}",
    "says goodbye, ends": "道别，结束",
    "ends without a word": "不说话即结束",
    "takes {least} to {most} digits, waits {n} s": "收取 {least} 至 {most} 位数字，等 {n} 秒",
    "asks an open question, waits {n} s": "问一个开放问题，等 {n} 秒",
    "records up to {n} s": "录音最多 {n} 秒",
    "calls an agent for {n} s": "呼叫坐席 {n} 秒",
    "meets the guardian in a conference, waits {n} s": "与守护人三方通话，等 {n} 秒",
    "meets the customer in a conference, waits {n} s": "与客户三方通话，等 {n} 秒",
    "waits": "等待",
    "sets {flag}": "设置 {flag}",
    "continues in {language}": "改用 {language}",
    "speaks": "说话",
    "plays a recording": "播放录音",
    # When a prompt is said
    "says": "说",
    "says again": "再说",
    "says step by step": "逐步说",
    "says first": "先说",
    "says then": "然后说",
    "wording {letter}: {risk} means risk": "问法 {letter}：答 {risk} 表示有风险",
    "on silence": "无声时",
    "when unclear": "听不懂时",
    "whispers to the agent": "对坐席低声说",
    "while waiting": "等待时",
    "before joining": "加入前",
    "{when}, if {persona} speaks": "{when}（由 {persona} 说）",
    # Why a way is taken
    "key {keys}": "按 {keys}",
    "says {words}": "说 {words}",
    "silence": "无声",
    "unclear": "听不懂",
    "lasting silence": "一直无声",
    "lasting confusion": "一直听不懂",
    "cancelled in the app": "已在应用中取消",
    "no transfer left to decide": "已无转账待决定",
    "callee hangs up": "对方挂断",
    "internal error": "内部错误",
    "too many steps": "步骤过多",
    "otherwise": "否则",
    "then": "然后",
    "{name} given": "有 {name}",
    "flag {flag}": "标记 {flag}",
    "{node} answered": "{node} 已答",
    "needs time": "需要慢一点",
    "needs no time": "不需要放慢",
    "{node} safe": "{node} 无风险",
    "answered: {by}": "接听者：{by}",
    "says it again": "再说一遍",
    # Figures
    "{n} came": "{n} 人到此",
    "{n} from anywhere": "{n} 人由任意处到此",
    "{n} s": "{n} 秒",
    "{n} hung up": "{n} 人挂断",
    "asked again {n} times": "重问 {n} 次",
    # The page
    "words in": "用语",
    "{n} nodes": "{n} 个节点",
    "content": "内容",
    "from": "来自",
    "published": "已发布",
    "draft": "草稿",
    "retired": "已停用",
    "conversations of this version are counted": "通此版本的通话已计入",
    ", {n} of other versions are not": "，另有 {n} 通其他版本的未计入",
    "In a node: how many came, how many hung up there, the median of seconds spent.": (
        "节点中：到此人数、在此挂断人数、停留秒数的中位数。"
    ),
    "On an edge: how many took it; 3–7 where the notes do not tell it from another way to the same place.": (
        "连线上：经过人数；若记录分不清同一去处的几条路，则写作 3–7。"
    ),
    "Open from everywhere, and not drawn as lines": "任意处均可前往，不画连线",
    "open from everywhere": "任意处均可前往",
    "Larger": "放大",
    "Smaller": "缩小",
    "The way through {script}": "{script} 的流程",
    "Click a node to read its words. Drag to move, turn the wheel to enlarge.": (
        "点击节点可查看用语。拖动可移动，滚轮可缩放。"
    ),
    ". ": "。",
    "There are no words for this in {language}.": "此处没有 {language} 的用语。",
}
"""By the English words, with the same blanks."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One of the sentences above, and what its blanks hold."""

    sentence: str
    blanks: Mapping[str, Any] = field(default_factory=dict)


Part = Phrase | str
"""A phrase; or a code or a name of the script itself, which is the same in every language."""


class Translation:
    """Says phrases in one language, Chinese or English. What the console says too is in its own catalogue (`look`)."""

    def __init__(self, language: str) -> None:
        self.look = Look(language="zh_CN" if language.startswith("zh") else "en")
        self._chinese = self.look.language == "zh_CN"
        self.stop = "，" if self._chinese else ", "

    def say(self, sentence: str, **blanks: Any) -> str:
        """Return one of the sentences above, filled in."""
        return (ZH[sentence] if self._chinese else sentence).format(**blanks)

    def listed(self, parts: Iterable[Part]) -> str:
        """Return the parts that say something, one after another. Codes alone keep the stops of codes."""
        listed = ""
        for part in filter(None, map(self.part, parts)):
            stop = ", " if not self._chinese or (listed + part).isascii() else self.stop
            listed = f"{listed}{stop}{part}" if listed else part
        return listed

    def part(self, part: Part) -> str:
        return part if isinstance(part, str) else self.say(part.sentence, **part.blanks)
