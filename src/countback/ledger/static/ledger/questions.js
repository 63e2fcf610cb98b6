// One answer is offered to the questions that are alike: a file's dates are mostly written in one way. Nothing is sent.
for (const radio of document.querySelectorAll(".questions [type=radio]")) {
  radio.addEventListener("change", () => {
    const asked = radio.closest("fieldset");
    for (const other of document.querySelectorAll(".questions fieldset")) {
      if (other.dataset.alike !== asked.dataset.alike || other.querySelector(":checked")) continue;
      const same = [...other.querySelectorAll("[type=radio]")].find((choice) => choice.value === radio.value);
      if (same) same.checked = true;
    }
  });
}
