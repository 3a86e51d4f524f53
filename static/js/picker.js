// @ts-check
// The window in which files are chosen. Where a browser gives handles with them
// (Chromium), a page can come back to the files after it was closed.
//
// Folders are chosen by their input everywhere. Whoever walks a folder by its
// handle isn't told of what is named as nothing may be on Windows: "12:30.txt",
// "why?", "con.txt", shortcuts, whole folders called so. Nothing says that they are
// missing, and who sends a folder means all of it. Nor could anybody choose
// Downloads, Documents or the desktop so. A folder that is dropped has entries
// besides, which lack nothing, and its handle to come back by.

let open = false; // a browser shows one such window at a time

/**
 * Has a browser that gives handles ask for files itself when an input is pressed,
 * by mouse or by key; where it doesn't, or not here, the input asks as ever.
 * @param {HTMLInputElement} input
 * @param {(handles: FileSystemFileHandle[]) => void} take
 */
export function giveHandles(input, take) {
  let willing = !input.webkitdirectory;
  input.addEventListener("click", async (event) => {
    const page = /** @type {any} */ (window);
    if (!willing || !page.showOpenFilePicker || phone()) return;
    event.preventDefault();
    if (open) return; // pressed twice
    open = true;
    /** @type {FileSystemFileHandle[]} */
    let handles;
    try {
      handles = await page.showOpenFilePicker({ multiple: input.multiple });
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") return; // nothing was chosen
      willing = false; // in a frame of another origin, by a policy, …
      input.click(); // what was pressed a moment ago still counts
      return;
    } finally {
      open = false;
    }
    take(handles);
  });
}

/** Phones offer their camera and their pictures with an input alone. */
function phone() {
  return matchMedia("(pointer: coarse)").matches;
}
