/** An edge that may be chosen: left node, right node, what choosing it is worth (from 0). */
export type Edge = readonly [left: number, right: number, weight: number];

/**
 * The largest sum of weights that a one-to-one matching of a sparse bipartite graph can have.
 *
 *     max Σ w(l, r) over sets of edges in which no node appears twice
 *
 * Found by shortest augmenting paths over the edges alone [JONKER1987], a node that stays alone being worth 0; the time grows with the
 * edges near each node, not with the square of the nodes.
 *
 * @param edges At most one for each pair.
 * @returns The sum, 0 without edges.
 * @throws {RangeError} A weight is negative or no number.
 * @example heaviestMatching([[0, 0, 3], [0, 1, 2], [1, 0, 2]]) // 4: both edges of weight 2, not the one of 3
 */
export function heaviestMatching(edges: readonly Edge[]): number {
  const { of, rights } = neighbours(edges);
  const lefts = of.length;
  const leftOf = new Int32Array(rights + lefts).fill(-1);
  const rightOf = new Int32Array(lefts).fill(-1);
  const leftPrice = new Float64Array(lefts);
  const rightPrice = new Float64Array(rights + lefts);
  const cost = (left: number, [right, weight]: readonly [number, number]): number =>
    Math.max(0, leftPrice[left]! - weight - rightPrice[right]!);
  for (let root = 0; root < lefts; root++) {
    leftPrice[root] = Math.max(...of[root]!.map(([right, weight]) => weight + rightPrice[right]!));
    const distance = new Map<number, number>();
    const from = new Map<number, number>();
    const done = new Set<number>();
    const heap = new Heap();
    let left = root;
    let base = 0;
    let end = -1;
    while (end < 0) {
      for (const edge of of[left]!) {
        const [right] = edge;
        const length = base + cost(left, edge);
        if (done.has(right) || length >= (distance.get(right) ?? Number.POSITIVE_INFINITY)) continue;
        distance.set(right, length);
        from.set(right, left);
        heap.push(length, right);
      }
      const [length, right] = heap.pop();
      if (done.has(right)) continue;
      done.add(right);
      base = length;
      if (leftOf[right]! < 0) end = right;
      else left = leftOf[right]!;
    }
    for (const right of done) {
      const slack = base - distance.get(right)!;
      rightPrice[right]! -= slack;
      const owner = leftOf[right]!;
      if (owner >= 0) leftPrice[owner]! -= slack;
    }
    leftPrice[root]! -= base;
    for (let right = end; ; ) {
      const owner = from.get(right)!;
      const before = rightOf[owner]!;
      leftOf[right] = owner;
      rightOf[owner] = right;
      if (owner === root) break;
      right = before;
    }
  }
  return of.reduce((sum, own, left) => sum + own.find(([right]) => right === rightOf[left])![1], 0);
}

/** The right nodes of each left one, the last a place of its own that is worth nothing; nodes numbered anew. */
function neighbours(edges: readonly Edge[]): { of: (readonly [number, number])[][]; rights: number } {
  const leftIds = new Map<number, number>();
  const rightIds = new Map<number, number>();
  const of: [number, number][][] = [];
  for (const [left, right, weight] of edges) {
    if (!(weight >= 0)) throw new RangeError(`metrics: expected weights from 0, got ${weight}.`);
    const l = leftIds.get(left) ?? leftIds.set(left, leftIds.size).size - 1;
    const r = rightIds.get(right) ?? rightIds.set(right, rightIds.size).size - 1;
    of[l] ??= [];
    of[l].push([r, weight]);
  }
  of.forEach((own, left) => {
    own.push([rightIds.size + left, 0]);
  });
  return { of, rights: rightIds.size };
}

/** Pairs of length and node, the shortest first. */
class Heap {
  readonly #items: [number, number][] = [];

  push(length: number, node: number): void {
    const items = this.#items;
    let i = items.push([length, node]) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (items[parent]![0] <= items[i]![0]) return;
      [items[parent], items[i]] = [items[i]!, items[parent]!];
      i = parent;
    }
  }

  pop(): [number, number] {
    const items = this.#items;
    const top = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return top;
    items[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < items.length && items[child]![0] < items[least]![0]) least = child;
      if (least === i) return top;
      [items[least], items[i]] = [items[i]!, items[least]!];
      i = least;
    }
  }
}
