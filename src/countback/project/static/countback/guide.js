/* Keys that work on every page. What they lead to is read from the page: the question mark beside its heading, the
   places of the menu, the first field to search in. They can be turned off on the page about them. */
"use strict";
(() => {
  const KEPT = "countback.keys";
  const TOGETHER = 1500; // milliseconds within which a place follows `g`
  const TYPING = "input, select, textarea, [contenteditable], [role=textbox]";
  let begun = -Infinity;

  const areOff = () => {
    try { return localStorage.getItem(KEPT) === "off"; } catch { return false; }
  };

  const search = () => [...document.querySelectorAll("main input[type=search]")].find((one) => one.checkVisibility());

  const follow = (link) => { if (link) location.assign(link.href); };

  document.addEventListener("keydown", (event) => {
    if (areOff() || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const second = event.timeStamp - begun < TOGETHER;
    if (event.key !== "Shift") begun = -Infinity;
    if (second && /^[a-z]$/.test(event.key)) {
      event.preventDefault();
      follow(document.querySelector(`.side [data-key=${event.key}]`));
    }
    else if (event.key === "g") begun = event.timeStamp;
    else if (event.key === "?") follow(document.querySelector("a.about"));
    else if (event.key === "/" && search()) {
      event.preventDefault();
      search().focus();
      search().select();
    }
  });

  const shown = document.querySelector("#keys-switch");
  if (!shown) return;
  const told = document.querySelector("#keys-state");
  const button = shown.querySelector("button");
  const tell = () => {
    told.textContent = areOff() ? "The keys are off in this browser." : "The keys are on in this browser.";
    button.textContent = areOff() ? "Turn them on" : "Turn them off";
  };
  button.addEventListener("click", () => {
    try { localStorage.setItem(KEPT, areOff() ? "on" : "off"); } catch { told.textContent = "This browser keeps nothing, so the choice cannot be kept."; return; }
    tell();
  });
  shown.hidden = false;
  tell();
})();
