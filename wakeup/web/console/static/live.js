// The news of the board and of the queue: rows that changed, their order, and the parts beside them. Only cells are
// replaced, never the page. While the reader points at a row, or has the focus in one, no row moves: else a click would
// open another case than the one that was meant.
import { setNow, tick } from "./clock.js";
import { exchange, follow } from "./follow.js";

// Nobody reads a screen whose mouse was left on a row: new rows must not wait for its return.
const LEFT_ALONE_MS = 60_000;
const rows = document.querySelector("#rows");
const newer = document.querySelector("#newer");
const parts = rows.dataset.parts.split(" ").map((name) => [name, document.querySelector(`#${name}`)]);
// What the server said last of each cell. What stands in it differs: its countdown goes on.
const told = new WeakMap();
let order = null;
let fresh = new Map();
let pointed = false;
let idle = false;
let alone = 0;

const byId = () => new Map([...rows.children].map((row) => [row.dataset.id, row]));
const isHeld = () => !idle && (pointed || rows.contains(document.activeElement));

function rowOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const row = holder.content.querySelector("tr");
  for (const cell of row.cells) told.set(cell, cell.innerHTML);
  return row;
}

// Cell by cell, so that a link under the pointer, the focus and a selection in a cell that is the same stay.
function update(row, html) {
  const next = rowOf(html);
  row.className = next.className;
  [...row.cells].forEach((cell, n) => {
    const words = told.get(next.cells[n]);
    cell.className = next.cells[n].className;
    if (told.get(cell) === words) return;
    told.set(cell, words);
    exchange(cell, () => { cell.innerHTML = words; cell.title = next.cells[n].title; });
  });
}

function take(news) {
  setNow(news.now);
  for (const [name, part] of parts) if (name in news) exchange(part, () => { part.innerHTML = news[name]; count(); });
  const known = byId();
  for (const [id, html] of Object.entries(news.rows ?? {})) {
    if (known.has(id)) update(known.get(id), html); else fresh.set(id, html);
  }
  if (news.order) order = news.order;
  settle();
  tick();
}

function settle() {
  if (!order) return;
  if (isHeld()) say(); else put();
}

function say() {
  const known = byId(), wanted = new Set(order);
  const waiting = order.filter((id) => !known.has(id) && fresh.has(id)).length;
  const words = newer.dataset.words.replace("{n}", waiting);
  // A screen reader says again what is written again.
  if (newer.hidden !== (waiting === 0)) newer.hidden = waiting === 0;
  if (newer.textContent !== words) newer.textContent = words;
  for (const [id, row] of known) row.classList.toggle("gone", !wanted.has(id));
}

function put() {
  const known = byId(), wanted = new Set(order);
  for (const [id, row] of known) {
    row.classList.remove("gone");
    if (!wanted.has(id)) row.remove();
  }
  const stood = document.activeElement;
  let place = rows.firstElementChild;
  for (const id of order) {
    let row = known.get(id);
    if (!row && fresh.has(id)) {
      row = rowOf(fresh.get(id));
      row.classList.add("fresh");
    }
    if (!row) continue;
    if (row === place) place = place.nextElementSibling; else rows.insertBefore(row, place);
  }
  // Moving a row drops the focus inside it.
  if (stood !== document.activeElement && rows.contains(stood)) stood.focus({ preventScroll: true });
  document.querySelector("#empty").hidden = order.length > 0;
  newer.hidden = true;
  order = null;
  fresh = new Map();
  tick();
}

function stir() {
  idle = false;
  clearTimeout(alone);
  alone = setTimeout(() => { idle = true; settle(); }, LEFT_ALONE_MS);
}

for (const kind of ["pointerenter", "pointermove"]) {
  rows.addEventListener(kind, (event) => {
    // A finger that has left the screen points at nothing.
    pointed = event.pointerType !== "touch";
    stir();
  });
}
rows.addEventListener("pointerleave", () => { pointed = false; settle(); });
for (const kind of ["focusin", "keydown"]) rows.addEventListener(kind, stir);
rows.addEventListener("focusout", () => setTimeout(settle));
newer.addEventListener("click", () => { if (order) put(); });
stir();

// The title names the alarms, for those who look at another tab.
function count() {
  const alarms = document.querySelectorAll("#alarms .notice").length;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = alarms ? `(${alarms}) ${title}` : title;
}

// Signed in again, the reader comes back to what they were looking at.
follow(rows.dataset.live + location.search, take, () => {
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(`/console/sign-in?ended=yes&back=${back}`);
});
