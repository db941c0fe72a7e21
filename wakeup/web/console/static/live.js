// The board's news: rows that changed, their order, the tiles. Only cells are replaced, never the page.
import { setNow, tick } from "./clock.js";
import { exchange, follow } from "./follow.js";

const rows = document.querySelector("#rows");
const names = ["tiles", "alarms", "calls"];
const parts = Object.fromEntries(names.map((name) => [name, document.querySelector(`#${name}`)]));

function rowOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

const byId = () => new Map([...rows.children].map((row) => [row.dataset.id, row]));

function take(news) {
  setNow(news.now);
  for (const name of Object.keys(parts)) {
    if (name in news) exchange(parts[name], (part) => { part.innerHTML = news[name]; });
  }
  const known = byId();
  for (const [id, html] of Object.entries(news.rows ?? {})) {
    const fresh = rowOf(html);
    if (known.has(id)) exchange(known.get(id), (row) => row.replaceWith(fresh));
    else { fresh.classList.add("fresh"); rows.append(fresh); }
  }
  if (news.order) put(byId(), news.order);
  tick();
}

function put(known, order) {
  const wanted = new Set(order);
  for (const [id, row] of known) if (!wanted.has(id)) row.remove();
  const stood = document.activeElement;
  let place = rows.firstElementChild;
  for (const id of order) {
    const row = known.get(id);
    if (!row) continue;
    if (row === place) place = place.nextElementSibling; else rows.insertBefore(row, place);
  }
  // Moving a row drops the focus inside it.
  if (stood !== document.activeElement && rows.contains(stood)) stood.focus({ preventScroll: true });
  document.querySelector("#empty").hidden = order.length > 0;
}

follow(rows.dataset.live + location.search, take, () => location.assign("/console/sign-in"));
