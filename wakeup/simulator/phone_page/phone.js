// A phone in the browser. It asks the simulator a few times a second for its state, and reports what its user does.
const at = (id) => document.querySelector(`#${id}`);
let heard = 0;
let sid = "";
let refused = "";

const number = () => encodeURIComponent(at("number").value.trim());
const headers = { "Content-Type": "application/json" };
const post = (path, wish) => fetch(path, { method: "POST", headers, body: JSON.stringify(wish) });
const act = (what, value = "") => post(`/handset/${number()}/act`, { act: what, value });

function lineOf(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

function said(text, mine) {
  const line = lineOf(text);
  if (mine) line.className = "mine";
  at("talk").append(line);
  line.scrollIntoView({ block: "nearest" });
  if (!mine && at("aloud").checked && "speechSynthesis" in window) {
    const voice = new SpeechSynthesisUtterance(text);
    voice.lang = /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : "en";
    speechSynthesis.speak(voice);
  }
}

function statusOf(call) {
  if (!call) return "No incoming call";
  if (call.phase === "ringing") return `Ringing: ${call.from} calls`;
  if (call.phase === "over") return `The call is over (${call.status}).`;
  return call.listening ? "They wait for you." : "They speak.";
}

function hintOf(seconds) {
  if (seconds >= 10) return "";
  return `People's time runs fast: a phone rings for ${seconds} ${seconds === 1 ? "second" : "seconds"}. `
    + "For an unhurried call start the demo with --speed 1.";
}

function show(state) {
  const call = state.call;
  const over = !call || call.phase === "over";
  if (call && call.sid !== sid) { sid = call.sid; heard = 0; at("talk").replaceChildren(); }
  at("status").textContent = statusOf(call);
  for (const id of ["answer", "reject"]) at(id).hidden = !call || call.phase !== "ringing";
  for (const id of ["hang_up", "keys", "speak"]) at(id).hidden = over || call.phase === "ringing";
  if (call) for (; heard < call.heard.length; heard += 1) said(call.heard[heard], false);
  if (document.activeElement !== at("takes")) at("takes").checked = state.takes;
  at("texts").replaceChildren(...state.texts.map(lineOf));
  at("app").textContent = state.app ? state.app.say : "";
  const code = over ? null : state.app?.code;
  at("code").textContent = code ? [...code].join(" ") : "";
  // While a call is there, it says enough.
  const hint = [over ? refused || state.bank : "", hintOf(state.ring_seconds)].filter(Boolean).join(" ");
  if (at("hint").textContent !== hint) at("hint").textContent = hint;
}

async function look() {
  try {
    const answer = await fetch(`/handset/${number()}/state`);
    if (answer.ok) show(await answer.json());
  } catch { at("status").textContent = "The simulator is away."; }
  setTimeout(look, 300);
}

for (const id of ["answer", "reject", "hang_up"]) at(id).addEventListener("click", () => act(id));
for (const key of "123456789*0#") {
  const button = document.createElement("button");
  button.textContent = key;
  button.addEventListener("click", () => { act("press", key); said(key, true); });
  at("keys").append(button);
}
at("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = at("words").value;
  at("words").value = "";
  if (words) { act("say", words); said(words, true); }
});
at("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  act("text", at("body").value);
  at("body").value = "";
});
at("who").addEventListener("submit", async (event) => {
  event.preventDefault();
  const wish = { locale: at("locale").value, guardian: at("guardian").value.trim() };
  const answer = await post(`/handset/${number()}/flag`, wish);
  refused = answer.ok ? "" : `Not flagged: ${(await answer.json()).message}.`;
});
for (const button of document.querySelectorAll("[data-app]")) {
  button.addEventListener("click", () => post(`/handset/${number()}/app`, {
    locale: at("locale").value,
    confirmed: button.dataset.app === "confirm",
    screen_share: at("shared").checked,
  }));
}
at("takes").addEventListener("change", () => act("takes", at("takes").checked ? "yes" : "no"));
at("carrier").addEventListener("change", () => act("carrier", at("carrier").value));
for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => post("/_sim/faults", { callback: [button.dataset.fault] }));
}
look();
