(() => {
  "use strict";
  // Colours in the specifications are the page's own tokens, so dark, light and print need no drawing anew.
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const options = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
  for (const [name, spec] of Object.entries(specs)) {
    const place = document.getElementById("chart-" + name);
    window.vegaEmbed(place, spec, options).then(
      () => place.setAttribute("data-drawn", ""),
      (error) => { place.textContent = "This chart could not be drawn: " + error.message; },
    );
  }
})();
