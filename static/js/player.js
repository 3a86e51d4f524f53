// @ts-check
// Plays a film or a sound from anywhere in the middle. The element stands in a
// frame of its own, as the service worker answers that document's requests and
// no page's. No script is in it and none can be; it can't be in a sandbox, as a
// document without an origin has no service worker.

import { element } from "./dom.js";
import { playedType } from "./names.js";

const FRAME = "/open/read/player";

/** Whether this browser plays it. @param {string} name */
export function plays(name) {
  const type = playedType(name);
  return type !== "" && "serviceWorker" in navigator && element(type.startsWith("video") ? "video" : "audio").canPlayType(type) !== "";
}

const FIRST = 64; // bytes

/**
 * Whether a file is a list of others to play, as browsers find out whatever type
 * they are told. Some fetch those where no policy of ours holds, and whoever sent
 * it would see who opens it. @param {string} beginning
 */
function isPlaylist(beginning) {
  return /^\s*#EXTM3U/.test(beginning);
}

/**
 * @param {HTMLElement} place
 * @param {{parcelId: string, index: number, size: number, name: string}} what
 * @param {(offset: number, length: number) => Promise<Blob>} read
 * @param {object} tell
 * @param {(progress: import("./types").Progress) => void} tell.progress
 * @param {() => void} tell.failed  it can't be played here
 * @param {() => void} tell.escape  the Escape key was pressed in the frame
 * @returns {Promise<() => void>} stops it
 */
export async function play(place, what, read, { progress, failed, escape }) {
  if (isPlaylist(await (await read(0, Math.min(what.size, FIRST))).text())) throw new Error("a list of others");
  const { offered } = await import("./passing.js");
  const type = playedType(what.name);
  const film = type.startsWith("video");
  const offer = await offered({ ...what, type, onProgress: progress });
  const frame = element("iframe", { src: FRAME, class: film ? "film" : "sound", title: what.name, allow: "fullscreen; autoplay" });
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  place.replaceChildren(frame);
  await loaded;
  const inside = frame.contentDocument;
  if (!inside || !frame.contentWindow?.navigator.serviceWorker.controller) {
    offer.cancel();
    throw new Error("no service worker answers the player");
  }
  const media = inside.createElement(film ? "video" : "audio");
  media.controls = true;
  media.autoplay = true;
  media.preload = "metadata";
  media.addEventListener("error", failed);
  media.src = offer.url;
  inside.addEventListener("keydown", ({ key }) => { if (key === "Escape" && !inside.fullscreenElement) escape(); });
  inside.body.replaceChildren(media);
  media.focus();
  return () => {
    media.removeAttribute("src");
    media.load();
    offer.cancel();
    frame.remove();
  };
}
