// The case page: it keeps what is being typed, shows its calls turn by turn, and says when the rest is old. It never
// reloads by itself: the user may be typing.
import { setNow, tick } from "./clock.js";
import { forget, forgetAll, keepDrafts } from "./drafts.js";
import { exchange, follow } from "./follow.js";

const place = document.querySelector("[data-watch]");
const { watch: id, sent, binds } = place.dataset;
const seen = Number(place.dataset.seen), heard = Number(place.dataset.heard);

if (sent) {
  forget(`${sent}:${id}`);
  // Loaded again, this page must not forget what is typed from now on.
  history.replaceState(null, "", `/console/cases/${id}`);
}
keepDrafts();

const calls = document.querySelector("#calls"), line = document.querySelector("#line");
const unmasked = "unmasked" in place.dataset;
let said = line.innerHTML;

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

// Only calls that have changed are exchanged: a recording that is played goes on. What was unmasked stays.
function show(html) {
  const fresh = [...parse(html).querySelectorAll("[data-part]")];
  const known = new Map([...calls.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  fresh.forEach((part, n) => {
    const old = known.get(part.dataset.part);
    known.delete(part.dataset.part);
    if (!old) calls.insertBefore(part, calls.children[n] ?? null);
    else if (!old.isEqualNode(part)) exchange(old, () => old.replaceWith(part));
  });
  for (const part of known.values()) part.remove();
}

// Not every browser prints what is folded away.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details.decisions:not([open])")];
  for (const part of folded) part.open = true;
});
addEventListener("afterprint", () => { for (const part of folded) part.open = false; });

function take(news) {
  setNow(news.now);
  tick();
  // What speaks against a release in another case of the customer is a row of that case.
  document.querySelector("#news").hidden = news.seen <= seen && news.binds === binds;
  if (news.line !== undefined && news.line !== said) {
    said = news.line;
    line.innerHTML = said;
  }
  if (unmasked) document.querySelector("#went-on").hidden = news.heard <= heard || news.seen > seen;
  else if (news.calls !== undefined) show(news.calls);
}

follow(
  `/console/watch/${id}`,
  take,
  () => { forgetAll(); document.querySelector("#lost").hidden = false; },
);
