import type { AuditEvent } from '../audit/event.js';
import type { LogLine } from '../audit/read.js';
import type { KEEPS } from '../contexts/store/keep.js';
import { readStoreManifest } from '../contexts/store/manifest.js';
import type { Store } from '../contexts/store/store.js';
import { AuditweaveError, printable } from '../errors.js';
import type { ContextSource } from './context-source.js';

/** What a store keeps, in words. */
const KEPT: Record<(typeof KEEPS)[number], string> = {
  raw: 'all lines',
  foreground: 'lines but for background, the control plane’s own work',
  compact: 'triggering lines, and counts of the others',
};

/** A store as a log is: its contexts, and its lines in order. */
export interface StoreSource extends Omit<ContextSource, 'stream' | 'tellFault'> {
  store: Store;
  lines(): AsyncGenerator<LogLine>;
}

/**
 * Opens a folder as a store, or gives null where it is none.
 *
 * @param check Refuses, by an error, what it is opened for.
 * @throws {AuditweaveError} A store stands beside other places.
 */
export async function openStoreSource(
  files: readonly string[],
  check: (store: string) => void = () => {},
): Promise<StoreSource | null> {
  const [dir] = files;
  if (files.length !== 1) {
    for (const file of new Set(files)) if (await isStore(file)) throw besideOthers(file);
    return null;
  }
  if (dir === undefined || !(await isStore(dir))) return null;
  check(dir);
  const { Store } = await import('../contexts/store/store.js');
  const store = await Store.open(dir);
  return {
    store,
    contexts: store.contexts({ kind: 'all' }),
    note: `from the store ${dir}, which keeps ${KEPT[store.manifest.keep]}`,
    async *lines() {
      for await (const { line, text } of store.lines())
        yield { line, text, event: JSON.parse(text) as AuditEvent };
    },
    unread: () => null,
    release: async () => await store.close(),
  };
}

/** Whether a path is that of a store. */
export const isStore = async (path: string): Promise<boolean> =>
  path !== '-' && (await readStoreManifest(path, { others: true })) !== null;

const besideOthers = (store: string): AuditweaveError =>
  new AuditweaveError(
    `contexts: expected one store, or logs, got the store ${printable(store, 4096)} beside others.`,
    {
      hint: `Put logs into it, contexts LOG --out ${store}, and ask it alone; or take its lines out: contexts export ${store} > lines.jsonl`,
    },
  );
