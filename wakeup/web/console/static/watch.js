// The case page says when it is old. It never reloads by itself: the user may be typing.
import { follow } from "./follow.js";

const place = document.querySelector("[data-watch]");
const seen = Number(place.dataset.seen);

follow(
  `/console/watch/${place.dataset.watch}`,
  (news) => { document.querySelector("#news").hidden = news.seen <= seen; },
  () => { document.querySelector("#lost").hidden = false; },
);
