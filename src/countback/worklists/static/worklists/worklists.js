/* Keys of the worklist: j the next customer, k the one before, Enter everything about it. What they lead to is read from
   the page. The list is scrolled to the customer that is worked on. */
"use strict";
(() => {
  const KEPT = "countback.keys";
  const BUSY = "input, select, textarea, button, a, summary, [contenteditable], [role=textbox]";

  const areOff = () => {
    try { return localStorage.getItem(KEPT) === "off"; } catch { return false; }
  };

  const chosen = document.querySelector(".list [aria-current]");
  const list = document.querySelector(".list");
  if (chosen && list) {
    const [line, box] = [chosen, list].map((one) => one.getBoundingClientRect());
    list.scrollTop += line.top - box.top - box.height / 3;
  }

  document.addEventListener("keydown", (event) => {
    if (areOff() || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.(event.key === "Enter" ? BUSY : "input, select, textarea");
    if (typing || !["j", "k", "Enter"].includes(event.key)) return;
    const link = document.querySelector(`[data-go="${event.key}"]`);
    if (!link) return;
    event.preventDefault();
    location.assign(link.href);
  });
})();
