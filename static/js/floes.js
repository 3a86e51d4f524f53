// @ts-check
// Draws n storage nodes as ice floes: seeded points, a few Lloyd relaxations,
// Voronoi cells moved apart and rounded. Pure geometry, the same for every
// visitor; map.js puts it on the page.

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{path: string, centre: Point, top: number, bottom: number, left: number, right: number, tone: number}} Floe */

const GAP = 7; // half the water between two floes, of 640 units
const ROUND = 9; // of a corner
const RELAXATIONS = 7;

/**
 * Floes that fill width × height, in reading order.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} [seed]
 * @returns {Floe[]}
 */
export function floes(count, width, height, seed = 25) {
  if (count < 1) return [];
  const random = generator(seed + count);
  let sites = Array.from({ length: count }, () => ({ x: random() * width, y: random() * height }));
  const rounds = count > 300 ? 4 : RELAXATIONS;
  for (let i = 0; i < rounds; i++) {
    sites = sites.map((_, at) => centroid(cell(sites, at, width, height, 0)));
  }
  const room = Math.sqrt((width * height) / count);
  const gap = Math.min(GAP, room * 0.08);
  const round = Math.min(ROUND, room * 0.1);
  return inReadingOrder(sites, width, height).map((at) => {
    const corners = coast(cell(sites, at, width, height, gap), sites[at], width, height, gap, random);
    const xs = corners.map((p) => p.x);
    const ys = corners.map((p) => p.y);
    return {
      path: rounded(corners, round),
      centre: centroid(corners),
      top: Math.min(...ys), bottom: Math.max(...ys),
      left: Math.min(...xs), right: Math.max(...xs),
      tone: Math.floor(random() * 3),
    };
  });
}

/** Small, fast, the same everywhere (mulberry32). @param {number} seed */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The points nearer to sites[at] than to any other, less a gap at every side.
 * @param {Point[]} sites @param {number} at @param {number} width @param {number} height @param {number} gap
 */
function cell(sites, at, width, height, gap) {
  const site = sites[at];
  const edge = gap / 2;
  let corners = [
    { x: edge, y: edge }, { x: width - edge, y: edge },
    { x: width - edge, y: height - edge }, { x: edge, y: height - edge },
  ];
  let radius = Infinity;
  for (const other of sites) {
    const dx = other.x - site.x;
    const dy = other.y - site.y;
    if (other === site || dx * dx + dy * dy > radius) continue;
    const far = Math.hypot(dx, dy) || 1;
    radius = 4 * Math.max(...corners.map((p) => (p.x - site.x) ** 2 + (p.y - site.y) ** 2)) + 8 * gap * far;
    corners = clip(corners, site, dx / far, dy / far, far / 2 - gap);
  }
  return corners;
}

/**
 * Cuts the straight outer edge of the field a little askew, cell by cell.
 * @param {Point[]} corners @param {Point} site @param {number} width @param {number} height @param {number} gap
 * @param {() => number} random
 */
function coast(corners, site, width, height, gap, random) {
  const sides = [[-1, 0, site.x], [1, 0, width - site.x], [0, -1, site.y], [0, 1, height - site.y]];
  for (const [nx, ny, far] of sides) {
    const tilt = (random() - 0.5) * 0.2;
    const reach = far - gap * (0.5 + random() * 0.9);
    corners = clip(corners, site, nx - ny * tilt, ny + nx * tilt, reach);
  }
  return corners;
}

/**
 * The part of a convex polygon at most `reach` from site in direction (nx, ny).
 * @param {Point[]} corners @param {Point} site @param {number} nx @param {number} ny @param {number} reach
 */
function clip(corners, site, nx, ny, reach) {
  /** @type {Point[]} */
  const kept = [];
  const beyond = corners.map((p) => (p.x - site.x) * nx + (p.y - site.y) * ny - reach);
  corners.forEach((p, i) => {
    const j = (i + 1) % corners.length;
    const q = corners[j];
    if (beyond[i] <= 0) kept.push(p);
    if (beyond[i] < 0 !== beyond[j] < 0 && beyond[i] !== beyond[j]) {
      const t = beyond[i] / (beyond[i] - beyond[j]);
      kept.push({ x: p.x + t * (q.x - p.x), y: p.y + t * (q.y - p.y) });
    }
  });
  return kept;
}

/** @param {Point[]} corners @returns {Point} */
function centroid(corners) {
  let area = 0, x = 0, y = 0;
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % corners.length];
    const cross = p.x * q.y - q.x * p.y;
    area += cross;
    x += (p.x + q.x) * cross;
    y += (p.y + q.y) * cross;
  });
  return area ? { x: x / (3 * area), y: y / (3 * area) } : corners[0] ?? { x: 0, y: 0 };
}

/**
 * Node 1 stands at the top left, the last at the bottom right.
 * @param {Point[]} sites @param {number} width @param {number} height
 */
function inReadingOrder(sites, width, height) {
  const count = sites.length;
  const rows = Math.max(1, Math.round(Math.sqrt((count * height) / width)));
  const order = sites.map((_, at) => at).sort((a, b) => sites[a].y - sites[b].y);
  const perRow = Math.ceil(count / rows);
  const sorted = [];
  for (let i = 0; i < count; i += perRow) {
    sorted.push(...order.slice(i, i + perRow).sort((a, b) => sites[a].x - sites[b].x));
  }
  return sorted;
}

/** A path round the corners, each cut off by a curve. @param {Point[]} corners @param {number} radius */
function rounded(corners, radius) {
  const ring = corners.filter((p, i) => {
    const q = corners[(i + 1) % corners.length];
    return Math.hypot(p.x - q.x, p.y - q.y) > 1.5;
  });
  const parts = ring.map((p, i) => {
    const from = towards(p, ring[(i + ring.length - 1) % ring.length], radius);
    const to = towards(p, ring[(i + 1) % ring.length], radius);
    return `${i ? "L" : "M"}${show(from)}Q${show(p)} ${show(to)}`;
  });
  return `${parts.join("")}Z`;
}

/** @param {Point} p @param {Point} q @param {number} radius */
function towards(p, q, radius) {
  const far = Math.hypot(q.x - p.x, q.y - p.y);
  const t = Math.min(radius, far / 2) / far;
  return { x: p.x + (q.x - p.x) * t, y: p.y + (q.y - p.y) * t };
}

/** @param {Point} p */
function show(p) {
  return `${p.x.toFixed(1)} ${p.y.toFixed(1)}`;
}
