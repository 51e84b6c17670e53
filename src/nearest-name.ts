/**
 * The known name that is most like a mistyped one, by edit distance; else the first that begins with it, of three letters or
 * more; null when none is near (more than a third of the letters differ).
 *
 * @example nearestName('windw', ['window', 'model']) // 'window'
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  if (best !== null || name.length < 3) return best;
  return known.find((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase())) ?? null;
}

/** Least number of inserted, deleted or replaced letters [LEVENSHTEIN1966], or of two neighbours swapped. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          row[j]! + 1,
          next[j - 1]! + 1,
          row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/**
 * The names most like a mistyped or shortened one, best first, by the share of letter pairs that they have in common:
 *
 *     2 |A ∩ B| / (|A| + |B|)        [DICE1945]
 *
 * @param count How many at most. Default 3.
 * @example similarNames('namespce', ['objectRef.name', 'objectRef.namespace'], 1) // ['objectRef.namespace']
 */
export function similarNames(name: string, known: readonly string[], count = 3): string[] {
  const wanted = pairs(name);
  return known
    .map((candidate) => ({ candidate, likeness: likeness(wanted, pairs(candidate)) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** The share of letter pairs that two names have in common, as `similarNames` ranks by. @example likenessOf('pod', 'pods') // 0.8 */
export const likenessOf = (a: string, b: string): number => likeness(pairs(a), pairs(b));

function pairs(name: string): Set<string> {
  const letters = name.toLowerCase();
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return (2 * common) / Math.max(1, a.size + b.size);
}
