// @ts-check
// File names come from strangers: how to show them, tell their kind, and keep
// them apart.

/** Characters that don't show or that turn what follows around. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name to show: what would hide or turn text around becomes a visible mark. @param {string} name */
export function shown(name) {
  return name.replace(HIDDEN, "\ufffd");
}

/** Whether a name has characters that {@link shown} replaces. @param {string} name */
export function hides(name) {
  return name.search(HIDDEN) >= 0;
}

/** The part after the last slash. @param {string} path */
export function base(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Files that systems leave in folders, that nobody means to send. @param {string} path */
export function isLeftover(path) {
  return /^(\.DS_Store|Thumbs\.db|desktop\.ini|\.localized|\._.*)$/i.test(base(path)) || /(^|\/)__MACOSX\//.test(path);
}

/**
 * A path that no other in taken equals, also where case and composition don't
 * count: "a.txt", "a (2).txt".
 * @param {string} path
 * @param {Set<string>} taken what {@link folded} gave for the others; the new one is added
 */
export function unique(path, taken) {
  const cut = path.lastIndexOf(".");
  const dot = cut > path.lastIndexOf("/") + 1 ? cut : path.length;
  let result = path;
  for (let i = 2; taken.has(folded(result)); i++) {
    result = `${path.slice(0, dot)} (${i})${path.slice(dot)}`;
  }
  taken.add(folded(result));
  return result;
}

/** @param {string} path */
export function folded(path) {
  return path.normalize("NFC").toLowerCase().normalize("NFC");
}

/** @typedef {"picture"|"text"|"video"|"sound"|"archive"|"file"} Icon */
/** @type {[Icon, string, string][]} */
const KINDS = [
  ["picture", "picture", "png jpg jpeg gif webp avif bmp"],
  ["picture", "drawing", "svg tif tiff heic heif ico raw psd"],
  ["text", "text", "txt md csv tsv log json xml yml yaml toml ini conf html htm css js ts go py rs java c h cpp sh sql tex srt vtt"],
  ["text", "PDF", "pdf"],
  ["text", "document", "doc docx odt rtf pages xls xlsx ods numbers ppt pptx odp key epub"],
  ["video", "video", "mp4 m4v mov webm ogv mkv avi"],
  ["sound", "sound", "mp3 m4a aac flac wav ogg oga opus"],
  ["archive", "archive", "zip tar gz tgz bz2 xz 7z rar zst dmg iso"],
];
/** @type {Map<string, {icon: Icon, words: string}>} */
const BY_ENDING = new Map(KINDS.flatMap(([icon, words, endings]) =>
  endings.split(" ").map((ending) => /** @type {const} */ ([ending, { icon, words }]))));

/** @param {string} name */
function ending(name) {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** What a name promises to be. @param {string} name @returns {{icon: Icon, words: string}} */
export function kind(name) {
  return BY_ENDING.get(ending(name)) ?? { icon: "file", words: "file" };
}

/** @type {{[ending: string]: string}} */
const RASTER = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif",
  webp: "image/webp", avif: "image/avif", bmp: "image/bmp",
};

/** The type of a picture this page shows, or "". Drawings with code in them are never among these. @param {string} name */
export function rasterType(name) {
  return RASTER[ending(name)] ?? "";
}

/** What browsers play, by ending; whether this one does is asked when it comes to it. @type {{[ending: string]: string}} */
const PLAYED = {
  mp4: "video/mp4", m4v: "video/mp4", mov: "video/mp4", webm: "video/webm", ogv: "video/ogg",
  mp3: "audio/mpeg", m4a: "audio/mp4", aac: "audio/aac", flac: "audio/flac", wav: "audio/wav",
  ogg: "audio/ogg", oga: "audio/ogg", opus: "audio/ogg",
};

/** The type of a film or a sound, or "". @param {string} name */
export function playedType(name) {
  return PLAYED[ending(name)] ?? "";
}

/** Whether this page shows it as text. @param {string} name */
export function isText(name) {
  return kind(name).words === "text";
}

/** Files that could carry code: a frame without an origin shows them. @param {string} name @returns {"drawing"|"pdf"|""} */
export function boxedKind(name) {
  return /** @type {{[ending: string]: "drawing"|"pdf"}} */ ({ svg: "drawing", pdf: "pdf" })[ending(name)] ?? "";
}
