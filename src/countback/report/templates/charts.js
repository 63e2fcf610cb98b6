(() => {
  "use strict";
  const held = JSON.parse(document.getElementById("specs").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themed = (spec, theme) => {
    let text = JSON.stringify(spec);
    for (const name of Object.keys(theme).sort((a, b) => b.length - a.length)) {
      text = text.split(JSON.stringify(name)).join(JSON.stringify(theme[name]));
    }
    return JSON.parse(text);
  };
  const draw = (scheme) => {
    const theme = held.themes[scheme];
    const options = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
    for (const [name, spec] of Object.entries(held.specs)) {
      const place = document.getElementById("chart-" + name);
      if (place) {
        window.vegaEmbed(place, themed(spec, theme), options).then(
          () => place.setAttribute("data-drawn", scheme),
          (error) => { place.textContent = "This chart could not be drawn: " + error.message; },
        );
      }
    }
  };
  draw(dark.matches ? "dark" : "light");
  dark.addEventListener("change", (event) => draw(event.matches ? "dark" : "light"));
  window.addEventListener("beforeprint", () => draw("light"));
  window.addEventListener("afterprint", () => draw(dark.matches ? "dark" : "light"));
})();
