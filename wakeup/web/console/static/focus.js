// The page that answers a form: the reader goes on at what is wrong with it, where an act was sent from, or at what the
// act came to.
const where = "refused" in document.body.dataset
  ? 'main [aria-invalid="true"], main [role=alert]:not([hidden])'
  : "[data-opened] :is(select, textarea), [data-told]";
const found = [...document.querySelectorAll(where)];
const there = found.find((one) => !one.matches("[role]")) ?? found[0];
// Somebody who types already, on a slow line, is not interrupted.
if (there && document.activeElement === document.body) {
  if (there.matches("[role]")) there.tabIndex = -1;
  there.focus();
}
