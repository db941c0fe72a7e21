// The board's news: rows that changed, their order, the tiles. Cells are exchanged, never the page.
import { setNow, tick } from "./console.js";

const rows = document.querySelector("#rows");
const parts = { tiles: document.querySelector("#tiles"), calls: document.querySelector("#calls") };
const lost = document.querySelector("#lost");

function rowOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function take(news) {
  setNow(news.now);
  for (const name of Object.keys(parts)) if (name in news) parts[name].innerHTML = news[name];
  const known = new Map([...rows.children].map((row) => [row.dataset.id, row]));
  for (const [id, html] of Object.entries(news.rows ?? {})) {
    const fresh = rowOf(html);
    const old = known.get(id);
    if (old && old.contains(document.activeElement)) continue;
    if (old) old.replaceWith(fresh); else { fresh.classList.add("fresh"); rows.append(fresh); }
    known.set(id, fresh);
  }
  if (news.order) {
    const wanted = new Set(news.order);
    for (const [id, row] of known) if (!wanted.has(id)) row.remove();
    let place = rows.firstElementChild;
    for (const id of news.order) {
      const row = known.get(id);
      if (!row) continue;
      if (row === place) place = place.nextElementSibling; else rows.insertBefore(row, place);
    }
    document.querySelector("#empty").hidden = news.order.length > 0;
  }
  tick();
}

const source = new EventSource(rows.dataset.live + location.search);
source.addEventListener("news", (event) => { lost.hidden = true; take(JSON.parse(event.data)); });
source.addEventListener("signed-out", () => { source.close(); location.assign("/console/sign-in"); });
source.addEventListener("error", () => { lost.hidden = false; });
