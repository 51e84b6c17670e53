import { existsSync, readFileSync } from 'node:fs';
/** Rows of a JSON-lines file; none when there is no such file. */
export function readRows<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
