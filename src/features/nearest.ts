/**
 * The names most like a mistyped or shortened one, best first, by the share of letter pairs that they have in common:
 *
 *     2 |A ∩ B| / (|A| + |B|)        [DICE1945]
 *
 * @param count How many at most. Default 3.
 * @example nearest('namespce', ['objectRef.name', 'objectRef.namespace'], 1) // ['objectRef.namespace']
 */
export function nearest(name: string, known: readonly string[], count = 3): string[] {
  const wanted = pairs(name);
  return known
    .map((candidate) => ({ candidate, likeness: likeness(wanted, pairs(candidate)) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

function pairs(name: string): Set<string> {
  const letters = name.toLowerCase();
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return (2 * common) / Math.max(1, a.size + b.size);
}
