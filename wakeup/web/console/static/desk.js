// Keeps the desk current: the team's state, and a reload when a call begins or ends, unless something is being typed.
import { setNow, tick } from "./clock.js";
import { forget, forgetAll, keepDrafts, signedOut, unsent } from "./drafts.js";
import { exchange, follow } from "./follow.js";

const HERE = "/console/desk";
const ENDED = `/console/sign-in?ended=yes&back=${encodeURIComponent(HERE)}`;
const SAY_EVERY_MS = 20_000;
const made = document.querySelector("[data-desk]");
const team = document.querySelector("#team");
const speed = Number(document.body.dataset.speed) || 1;
const outcome = document.querySelector('[data-draft^="outcome:"]');
let shown = "";
// A form that was refused is still unsent.
let writing = "writing" in made.dataset;
let saidAt = 0;

if (made.dataset.sent) {
  forget(made.dataset.sent);
  // Loaded again, this page must not forget what is typed from now on.
  history.replaceState(null, "", HERE);
}
keepDrafts();
// A search, and the fields of the pages' header, are nothing that a reload would lose.
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-draft], .of-call")) writing = true;
});

// While an outcome is unsent the wrap-up goes on.
async function sayUnsent(about) {
  const body = new URLSearchParams({ csrf: made.dataset.csrf, case: about });
  const answer = await fetch(`${HERE}/writing`, { method: "POST", body }).catch(() => null);
  // An earlier session is answered with a page.
  if (answer?.status === 204) return;
  saidAt = 0;
  // Refused: the session of this page is over.
  if (answer && answer.status < 500) signedOut();
}

// A hidden tab hears no news, so it does not know whether a call is over, nor whether another has begun since. It names
// the case, which is in the address of the form.
function sayUnsentHidden() {
  if (document.hidden && unsent(outcome)) sayUnsent(outcome.action.split("/").at(-2));
}
setInterval(sayUnsentHidden, SAY_EVERY_MS / speed);

// What is known of one customer must not be told to another, nor to a guardian.
function showOther(talk) {
  const other = talk !== "" && made.dataset.talk !== "" && talk !== made.dataset.talk;
  document.querySelector("#other").hidden = !other;
  if (other) for (const part of document.querySelectorAll("#of-case, .of-call")) part.hidden = true;
  return other;
}

// The page still says what was so when it was made.
function showOver(news) {
  if (made.dataset.talk === "" || !made.dataset.at.startsWith("on_call:") || news.on_the_line !== "") return;
  document.querySelector(news.left ? "#left" : "#over").hidden = false;
  if (news.left) document.querySelector("#over").hidden = true;
  const now = document.querySelector("#of-now");
  now.textContent = now.dataset.over;
  for (const part of document.querySelectorAll(".of-talk")) part.hidden = true;
}

function showState([code, word]) {
  const state = document.querySelector("#state");
  // The page of an account that took no calls when it was made shows none, and is loaded again.
  if (state === null) return;
  state.className = `state ${code}`;
  state.textContent = word;
}

function take(news) {
  setNow(news.now);
  if (news.state) showState(news.state);
  // The page itself changes its countdowns: only what was told before says whether the team is another.
  if (news.team !== shown) exchange(team, () => { team.innerHTML = news.team; });
  shown = news.team;
  tick();
  const now = Date.parse(news.now);
  if (news.at.startsWith("wrap_up:") && unsent(outcome) && now - saidAt >= SAY_EVERY_MS) {
    saidAt = now;
    sayUnsent("");
  }
  if (news.at === made.dataset.at) return;
  if (!writing) { location.assign(HERE); return; }
  showOver(news);
  document.querySelector("#news").hidden = showOther(news.on_the_line);
}

follow(`${HERE}/live`, take, () => {
  const typed = writing || [...document.querySelectorAll("[data-draft]")].some(unsent);
  forgetAll();
  // A form that is sent after the session's end comes back after signing in.
  if (typed) document.querySelector("#lost").hidden = false; else location.assign(ENDED);
});
