// The desk's news: the team as it is; and when a call is taken or over, the page of that, unless somebody is writing.
import { setNow, tick } from "./clock.js";
import { exchange, follow } from "./follow.js";

const made = document.querySelector("[data-desk]");
const team = document.querySelector("#team");
let shown = "";
// What came back refused is unsent still.
let writing = "writing" in made.dataset;
document.addEventListener("input", () => { writing = true; });

function take(news) {
  setNow(news.now);
  // The page itself changes its countdowns: only what was told before says whether the team is another.
  if (news.team !== shown) exchange(team, () => { team.innerHTML = news.team; });
  shown = news.team;
  tick();
  if (news.at === made.dataset.at) return;
  if (writing) document.querySelector("#news").hidden = false; else location.assign("/console/desk");
}

follow("/console/desk/live", take, () => {
  // A form that is sent after the session's end comes back after signing in.
  if (writing) document.querySelector("#lost").hidden = false; else location.assign("/console/sign-in");
});
