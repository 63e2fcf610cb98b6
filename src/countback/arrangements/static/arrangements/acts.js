/* A key opens the form that it names: c a contact, p a promise, d a dispute, f a follow-up; Escape closes it. In the form of
   a contact the time since it was opened is counted in minutes, until somebody writes their own. */
"use strict";
(() => {
  const KEPT = "countback.keys";
  const TYPING = "input, select, textarea, [contenteditable], [role=textbox]";
  const TENTH = 6000; // milliseconds of a tenth of a minute

  const areOff = () => {
    try { return localStorage.getItem(KEPT) === "off"; } catch { return false; }
  };

  const first = (form) => form.querySelector("input:not([type=hidden]), select, textarea");

  const count = (form) => {
    const minutes = form.querySelector("[name=minutes]");
    if (!minutes || minutes.value) return;
    const opened = performance.now();
    let own = false;
    minutes.addEventListener("input", () => { own = true; }, { once: true });
    setInterval(() => {
      if (!own) minutes.value = (Math.max(1, Math.round((performance.now() - opened) / TENTH)) / 10).toFixed(1);
    }, TENTH);
  };

  const counted = new WeakSet();

  const begin = (act) => {
    if (!counted.has(act)) count(act);
    counted.add(act);
    if (!act.contains(document.activeElement) || document.activeElement.matches("summary")) first(act)?.focus();
  };

  for (const act of document.querySelectorAll("details.act")) {
    act.addEventListener("toggle", () => { if (act.open) begin(act); });
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.key === "Escape") {
      const open = event.target.closest?.("details.act[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      return;
    }
    if (areOff() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const act = /^[a-z]$/.test(event.key) && document.querySelector(`details.act[data-act=${event.key}]`);
    if (!act) return;
    event.preventDefault();
    act.open = true;
    begin(act); // at once: what is typed next belongs into the form
  });
})();
