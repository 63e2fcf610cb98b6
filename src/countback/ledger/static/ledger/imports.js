// Names and sizes of the chosen files before they are sent, and a word while they travel. The form works without.
const drop = document.querySelector(".drop");
const input = drop.querySelector("input");
const button = document.querySelector(".sending .go button");
const list = document.createElement("ul");
list.className = "chosen";
drop.classList.add("scripted");
drop.after(list);

const size = (bytes) => {
  for (const [unit, step] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["KB", 2 ** 10]]) {
    if (bytes >= step) return `${(bytes / step).toFixed(bytes < 10 * step ? 1 : 0)} ${unit}`;
  }
  return `${bytes} bytes`;
};

input.addEventListener("change", () => {
  list.replaceChildren(...[...input.files].map((file) => {
    const line = document.createElement("li");
    for (const words of [file.name, file.size ? size(file.size) : "empty"]) {
      line.append(Object.assign(document.createElement("span"), { textContent: words }));
    }
    if (!file.size) line.lastChild.className = "too";
    return line;
  }));
});
for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  drop.addEventListener(name, () => drop.classList.toggle("over", over));
}
document.querySelector(".sending").addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = "Sending …";
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
