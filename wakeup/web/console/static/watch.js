// The case page says when it is old. It never reloads by itself: somebody may be typing.
const place = document.querySelector("[data-watch]");
const seen = Number(place.dataset.seen);
const source = new EventSource(`/console/watch/${place.dataset.watch}`);
source.addEventListener("news", (event) => {
  document.querySelector("#lost").hidden = true;
  document.querySelector("#news").hidden = JSON.parse(event.data).seen <= seen;
});
source.addEventListener("signed-out", () => {
  source.close();
  document.querySelector("#lost").hidden = false;
});
source.addEventListener("error", () => { document.querySelector("#lost").hidden = false; });
