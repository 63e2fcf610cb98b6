(() => {
  "use strict";
  // Colours in the specifications are the page's own tokens, so dark, light and print need no drawing anew.
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const options = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
  const drawn = [];
  for (const [name, spec] of Object.entries(specs)) {
    const place = document.getElementById("chart-" + name);
    window.vegaEmbed(place, spec, options).then(
      (embedded) => {
        drawn.push({ place, view: embedded.view });
        place.setAttribute("data-drawn", "");
      },
      (error) => { place.textContent = "This chart could not be drawn: " + error.message; },
    );
  }
  // Paper is narrower than a screen: draw at its width (A4 less margins, in CSS pixels), so that words keep their size.
  const resize = (width) => { for (const { place, view } of drawn) view.signal("width", width(place)).run(); };
  window.addEventListener("beforeprint", () => resize((place) => (place.closest(".half") ? 318 : 670)));
  window.addEventListener("afterprint", () => resize((place) => place.clientWidth));
})();
