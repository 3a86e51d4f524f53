// @ts-check
// Shows what could carry code in a frame that has neither our origin nor the
// network (server/headers.go): drawings as images, PDFs by pdf.js. The frame
// asks for the bytes it needs (static/frame/frame.js says how); a PDF is never
// fetched whole just to be looked at.

import { element } from "./dom.js";

const FRAME = "/open/box";

/**
 * @param {HTMLElement} place
 * @param {"drawing"|"pdf"} kind
 * @param {{name: string, size: number}} what
 * @param {(offset: number, length: number) => Promise<Blob>} read
 * @param {object} tell
 * @param {() => void} tell.shown
 * @param {() => void} tell.failed  it can't be shown here
 * @param {() => void} tell.escape  the Escape key was pressed in the frame
 * @returns {() => void} ends it
 */
export function box(place, kind, what, read, { shown, failed, escape }) {
  const { port1: port, port2 } = new MessageChannel();
  const frame = element("iframe", { src: FRAME, class: kind, title: what.name, sandbox: "allow-scripts" });
  frame.onload = () => {
    frame.onload = null;
    if (frame.contentDocument) failed(); // the frame has our origin: it gets nothing
    else frame.contentWindow?.postMessage({ show: kind, size: what.size }, "*", [port2]);
  };
  port.onmessage = async ({ data }) => {
    if (data.shown) shown();
    else if (data.unreadable) failed();
    else if (data.escape) escape();
    else if (inside(data, what.size)) {
      const bytes = await read(data.offset, data.length).then((blob) => blob.arrayBuffer()).catch(() => null);
      port.postMessage({ id: data.id, bytes }, bytes ? [bytes] : []);
    }
  };
  place.replaceChildren(frame);
  return () => {
    port.close();
    frame.remove();
  };
}

/** What runs in the frame isn't trusted. @param {any} span @param {number} size */
function inside({ offset, length }, size) {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length > 0 && offset + length <= size;
}
