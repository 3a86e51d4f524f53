// The service worker of opened parcels. It turns what a page hands over bit by
// bit into answers that browsers save, or play from anywhere in the middle:
//
//   GET /open/read/<token>   200, or 206 for a Range
//
// A token is <id of the page's client>.<random>. Only that page knows what it
// stands for: this worker asks it each time and holds nothing itself, so that
// it may be stopped and started between any two requests. No key, no fragment
// and no plaintext beyond what passes through is ever here; nothing is cached,
// and every other request goes its usual way.
//
//   page → worker   {hello: true} with a port;  worker → port   {client}
//   page → worker   {stay: true} now and then while something is streamed
//   worker → page   {read: token, range} with a port; the page answers there with
//     {none: true}  or  {head: {size, offset, length, partial, type, name}}
//     and hands the port to its own worker, which speaks as wasm/open_js.go says
//
// A failure in the middle breaks the answer off: a browser never takes what
// came until then for the whole.

const READ = "/open/read/";
const PLAYER = "/open/read/player"; // a page of the server's
const PATIENCE_MS = 30_000; // for a page to say what a token stands for

self.addEventListener("install", () => { self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

self.addEventListener("message", ({ data, source, ports }) => {
  if (data?.hello) ports[0]?.postMessage({ client: source.id });
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin || !url.pathname.startsWith(READ) || url.pathname === PLAYER) return;
  event.respondWith(answer(url.pathname.slice(READ.length), event.request));
});

async function answer(token, request) {
  const page = request.method === "GET" ? await self.clients.get(token.slice(0, token.indexOf("."))) : null;
  if (!page) return nothing(404);
  const { port1: port, port2 } = new MessageChannel();
  const told = within(PATIENCE_MS, next(port));
  page.postMessage({ read: token, range: request.headers.get("Range") }, [port2]);
  const { head } = await told.catch(() => ({}));
  if (!head) {
    port.close();
    return nothing(404);
  }
  if (!head.length && head.partial) {
    port.close();
    return nothing(416, { "Content-Range": `bytes */${head.size}` });
  }
  return new Response(streamOf(port, head.type ? 0 : 1), { status: head.partial ? 206 : 200, headers: headersOf(head) });
}

/** What keeps strangers' bytes from being more than bytes goes with every answer. */
const SAFE = {
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

function nothing(status, more) {
  return new Response(null, { status, headers: { ...SAFE, ...more } });
}

/** Sounds and films are shown, anything else is saved. */
function headersOf({ size, offset, length, partial, type, name }) {
  const headers = { ...SAFE, "Content-Length": String(length), "Accept-Ranges": type ? "bytes" : "none" };
  if (partial) headers["Content-Range"] = `bytes ${offset}-${offset + length - 1}/${size}`;
  if (/^(audio|video)\/[\w.+-]+$/.test(type ?? "")) return { ...headers, "Content-Type": type };
  return {
    ...headers,
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\ufffd")).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase())}`,
  };
}

/**
 * What comes through the port, as fast as the browser takes it; ahead of that,
 * one piece of what is saved, and nothing of what somebody may stop watching.
 */
function streamOf(port, ahead) {
  return new ReadableStream({
    async pull(controller) {
      const coming = next(port);
      port.postMessage({ pull: true });
      const { bytes, done, error } = await coming;
      if (bytes) {
        controller.enqueue(bytes);
        return;
      }
      port.close();
      if (done) controller.close();
      else controller.error(new Error(error?.code ?? "broken off"));
    },
    cancel() {
      port.postMessage({ cancel: true });
      port.close();
    },
  }, { highWaterMark: ahead });
}

/** What the port says next; that its page was closed, where browsers tell. */
function next(port) {
  return new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
    port.onclose = () => resolve({ error: { code: "closed" } });
  });
}

function within(ms, promise) {
  return Promise.race([promise, new Promise((_, reject) => { setTimeout(reject, ms); })]);
}
