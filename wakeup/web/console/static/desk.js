// The desk's news: the team as it is; and when a call is taken or over, the page of that, unless somebody is writing.
import { setNow, tick } from "./console.js";

const made = document.querySelector("[data-desk]");
const team = document.querySelector("#team");
// What came back refused is unsent still.
let writing = "writing" in made.dataset;
document.addEventListener("input", () => { writing = true; });

const source = new EventSource("/console/desk/live");
source.addEventListener("news", (event) => {
  const news = JSON.parse(event.data);
  document.querySelector("#lost").hidden = true;
  setNow(news.now);
  if (team.innerHTML !== news.team) team.innerHTML = news.team;
  tick();
  if (news.at === made.dataset.at) return;
  if (writing) document.querySelector("#news").hidden = false; else location.assign("/console/desk");
});
source.addEventListener("signed-out", () => { source.close(); location.assign("/console/sign-in"); });
source.addEventListener("error", () => { document.querySelector("#lost").hidden = false; });
