(() => {
  "use strict";
  // Colours in the specifications are the page's own tokens, so that dark, light and print need no drawing anew.
  const drawings = JSON.parse(document.getElementById("drawings").textContent);
  const options = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
  const drawn = [];

  // A part of a chart leads to its rows: the fields named in `keys` say which.
  const leadsTo = (drawing, item) => {
    const datum = item && item.datum;
    return datum ? drawing.links[drawing.keys.map((key) => datum[key]).join("|")] : undefined;
  };

  for (const [name, drawing] of Object.entries(drawings)) {
    const place = document.getElementById("chart-" + name);
    if (!place) continue;
    window.vegaEmbed(place, drawing.spec, options).then(
      ({ view }) => {
        drawn.push({ place, view });
        if (drawing.keys.length) {
          view.addEventListener("click", (event, item) => {
            const address = leadsTo(drawing, item);
            if (address) window.location.assign(address);
          });
          view.addEventListener("mousemove", (event, item) => {
            place.classList.toggle("leads", Boolean(leadsTo(drawing, item)));
          });
        }
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
