// The case page: it keeps what is being typed, and says when it is old. It never reloads by itself: the user may be
// typing.
import { forget, forgetAll, keepDrafts } from "./drafts.js";
import { follow } from "./follow.js";

const place = document.querySelector("[data-watch]");
const { watch: id, sent } = place.dataset;
const seen = Number(place.dataset.seen);

if (sent) {
  forget(`${sent}:${id}`);
  // Loaded again, this page must not forget what is typed from now on.
  history.replaceState(null, "", `/console/cases/${id}`);
}
keepDrafts();

follow(
  `/console/watch/${id}`,
  (news) => { document.querySelector("#news").hidden = news.seen <= seen; },
  () => { forgetAll(); document.querySelector("#lost").hidden = false; },
);
