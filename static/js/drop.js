// @ts-check
// The whole page takes drops and pastes.

import { byId, within } from "./dom.js";
import { fromDrop, fromHandles, fromInput, fromPaste, fromText } from "./files.js";
import { giveHandles } from "./picker.js";

/** @typedef {import("./files.js").Picked} Picked */

/**
 * @typedef {object} Taker
 * @property {(picked: Picked) => void} take gets what was picked, however it was
 * @property {() => boolean} ready whether files may be added now
 * @property {(at: {x: number, y: number}|null) => void} over follows what is dragged over the page; null when it left
 */

/** @param {Taker} taker */
export function takeFiles({ take, ready, over }) {
  for (const input of document.querySelectorAll("input[type=file]")) {
    if (!(input instanceof HTMLInputElement)) continue;
    const chosen = async () => take(await fromInput(input));
    input.addEventListener("change", chosen);
    if (input.files?.length) chosen(); // before this module was there
    giveHandles(input, async (handles) => take(await fromHandles(handles)));
  }
  takeDrops(take, ready, over);
  document.addEventListener("paste", (event) => {
    if (!ready() || isField(event.target) || !event.clipboardData) return;
    const picked = fromPaste(event.clipboardData);
    if (!picked.files.length) return;
    event.preventDefault();
    take(picked);
  });
  takeNotes(take);
}

/** @param {(picked: Picked) => void} take @param {() => boolean} ready @param {(at: {x: number, y: number}|null) => void} over */
function takeDrops(take, ready, over) {
  let inside = 0;
  /** @param {DragEvent} event */
  const carries = (event) => ready() && !document.querySelector("dialog[open]") &&
    [...(event.dataTransfer?.types ?? [])].some((type) => type === "Files" || type === "text/plain");
  const left = () => { inside = 0; over(null); };
  document.addEventListener("dragenter", (event) => { if (carries(event)) inside++; });
  document.addEventListener("dragleave", () => { if (inside > 0 && --inside === 0) left(); });
  document.addEventListener("dragend", left);
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // or the browser would open the file in place of the page
    if (!event.dataTransfer) return;
    const can = carries(event);
    event.dataTransfer.dropEffect = can ? "copy" : "none";
    if (can) over({ x: event.clientX, y: event.clientY });
  });
  document.addEventListener("drop", (event) => {
    if (isField(event.target) && !event.dataTransfer?.files.length) return;
    event.preventDefault();
    left();
    if (carries(event) && event.dataTransfer) fromDrop(event.dataTransfer).then(take);
  });
}

/** @param {(picked: Picked) => void} take */
function takeNotes(take) {
  const dialog = byId("note", HTMLDialogElement);
  const text = within(dialog, "textarea", HTMLTextAreaElement);
  for (const button of document.querySelectorAll("[data-note]")) {
    button.addEventListener("click", () => {
      dialog.returnValue = "no";
      dialog.showModal();
    });
  }
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    take(fromText(text.value, "note.txt"));
    text.value = "";
  });
}

/** @param {EventTarget|null} target */
function isField(target) {
  return target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !["file", "radio", "checkbox"].includes(target.type));
}
