import { plain } from './html.js';

/**
 * Short names of labels for charts: without “(one, namespaced)” and without the API group, as long as no two get the same.
 *
 * @param texts Whole texts of labels.
 * @returns Short name by whole text.
 * @example shortNames(['patch coordination.k8s.io/leases (one, namespaced)']) // Map { … → 'patch leases' }
 */
export function shortNames(texts: readonly string[]): Map<string, string> {
  const whole = [...new Set(texts)];
  const forms = [withoutGroup, withoutCounts, plain];
  const names = new Map<string, string>();
  for (const form of forms) {
    const shorts = whole.map((text) => form(text));
    const often = new Map<string, number>();
    for (const short of shorts) often.set(short, (often.get(short) ?? 0) + 1);
    whole.forEach((text, i) => {
      if (!names.has(text) && (form === plain || often.get(shorts[i]!) === 1)) names.set(text, shorts[i]!);
    });
  }
  return names;
}

const withoutCounts = (text: string): string => plain(text).replace(/ \([^()]*\)$/, '');

function withoutGroup(text: string): string {
  return withoutCounts(text).replace(
    / (apps|autoscaling|batch|extensions|policy|[a-z0-9-]+(\.[a-z0-9-]+)+)\//,
    ' ',
  );
}
