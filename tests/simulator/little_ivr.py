"""A small voice menu in two languages, enough to see whether callees understand what they hear."""

from __future__ import annotations

from aiohttp import web

ZH = {
    "party": ("您好,这里是自动语音来电。您是机主本人,请按1。不是本人,请按2。", {"1": "code", "2": "third"}),
    "third": ("机主现在不方便接电话,请按1。打错了,请按2。", {"1": "END owner_away", "2": "END wrong_number"}),
    "code": ("核对码是 1 2 3 4。两边一样,请按1。不一样,或者没看到,请按2。", {"1": "own", "2": "END code_differs"}),
    "own": ("您有一笔转账。这笔转账,是您自己操作的,请按1。不是您操作的,请按2。说不准,请按3。",
            {"1": "q1", "2": "END not_me", "3": "q1"}),
    "q1": ("这笔钱的事,是您先找的对方吗?是,请按1。不是,请按2。说不准,请按3。", {"1": "q2", "2": "q2 risk", "3": "q2"}),
    "q2": ("现在有人在电话里教您一步步操作吗?是,请按1。不是,请按2。说不准,请按3。",
           {"1": "q3 risk", "2": "q3", "3": "q3"}),
    "q3": ("收款的这一方,您只在网上打过交道吗?是,请按1。不是,请按2。说不准,请按3。",
           {"1": "closing risk", "2": "closing", "3": "closing"}),
    "closing": ("您想怎么办?不转了,请按1。先留着,再想想,请按2。别的情况,请按3。",
                {"1": "END dissuaded", "2": "END keep_hold", "3": "more"}),
    "more": ("要继续转,请按1。钱已经转出去了,请按2。想自己打给银行,请按3。",
             {"1": "END persists", "2": "END already_paid", "3": "END callback"}),
}  # fmt: skip
EN = {
    "party": ("Hello, an automated call. If this phone is yours, press 1. If it is someone else's, press 2.",
              {"1": "own", "2": "third"}),
    "third": ("If the owner cannot come to the phone, press 1. If this is a wrong number, press 2.",
              {"1": "END owner_away", "2": "END wrong_number"}),
    "own": ("If you made this payment yourself, press 1. If you did not, press 2. If you are not sure, press 3.",
            {"1": "q1", "2": "END not_me", "3": "q1"}),
    "q1": ("Were you the one who contacted the other side first? For yes, press 1. For no, press 2. Not sure, press 3.",
           {"1": "q2", "2": "q2 risk", "3": "q2"}),
    "q2": ("Has anyone asked you to keep this from your family? For yes, press 1. For no, press 2. Not sure, press 3.",
           {"1": "q3 risk", "2": "q3", "3": "q3"}),
    "q3": ("Have you dealt with the payee face to face? For yes, press 1. For no, press 2. Not sure, press 3.",
           {"1": "closing", "2": "closing risk", "3": "closing"}),
    "closing": ("If you no longer want to make it, press 1. To keep it on hold, press 2. For anything else, press 3.",
                {"1": "END dissuaded", "2": "END keep_hold", "3": "more"}),
    "more": ("To go ahead, press 1. If the money has already gone, press 2. To call the bank yourself, press 3.",
             {"1": "END persists", "2": "END already_paid", "3": "END callback"}),
}  # fmt: skip
SPOKEN = {"是的": "1", "不是": "2", "yes": "1", "no": "2"}
EVERYWHERE = {"0": "END agent", "5": "END cannot_talk", "*": "END opt_out"}


class LittleIvr:
    """One dialogue per call. `outcomes[to]` is the word of the ending, `risks[to]` counts risky answers."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.risks: dict[str, int] = {}
        self.silences: dict[str, int] = {}
        self.said: dict[str, list[str]] = {}
        self.app = web.Application()
        self.app.router.add_post("/{language}/{node}", self._turn)

    async def _turn(self, request: web.Request) -> web.Response:
        form = await request.post()
        to, node = str(form["To"]), request.match_info["node"]
        script = ZH if request.match_info["language"] == "zh" else EN
        if "msg" in form:
            node = self._next(to, node, script, str(form.get("Digits", "")), str(form.get("SpeechResult", "")))
        if node.startswith("END"):
            self.outcomes[to] = node.removeprefix("END ")
            return _page("<Say>Goodbye</Say><Hangup/>")
        text = script[node][0]
        return _page(
            f'<Gather input="dtmf speech" numDigits="1" timeout="5" finishOnKey="" actionOnEmptyResult="true" '
            f'action="{node}"><Say>{text}</Say></Gather>'
        )

    def _next(self, to: str, node: str, script: dict[str, tuple[str, dict[str, str]]], key: str, words: str) -> str:
        if words:
            self.said.setdefault(to, []).append(words)
            key = SPOKEN.get(words.lower(), "0" if "活" in words or "end my life" in words else "")
        if key == "9":
            return node
        where = EVERYWHERE.get(key) or script[node][1].get(key)
        if where is None:
            self.silences[to] = self.silences.get(to, 0) + 1
            return "END no_input" if self.silences[to] > 2 else node
        if where.endswith(" risk"):
            self.risks[to] = self.risks.get(to, 0) + 1
        return where.removesuffix(" risk")


def _page(verbs: str) -> web.Response:
    return web.Response(text=f"<Response>{verbs}</Response>", content_type="text/xml")
