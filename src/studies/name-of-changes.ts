import { createHash } from 'node:crypto';

/** Characters of what `--set` adds to a study’s name, which is part of a Job’s, of 63 characters at most. */
const LONGEST = 30;

/** What tells a study with values set from outside from the one in the file: its records are others, in another folder. */
export function nameOfChanges(set: Record<string, unknown>): string[] {
  const entries = Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [];
  const words = entries
    .map(([path, value]) => `${path.split('.').at(-1)} ${JSON.stringify(value)}`)
    .join(' ');
  const name = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (name.length <= LONGEST) return [name];
  const hash = createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 8);
  return [`${name.slice(0, LONGEST - 9).replace(/-$/, '')}-${hash}`];
}
