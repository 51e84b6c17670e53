import { AuditweaveError, printable } from '../../errors.js';
import type { Command } from '../command.js';
import { write } from '../output.js';

interface ExportArguments {
  store: string;
  open?: string;
  links: boolean;
}

/** `contexts export DIR`: the lines of a store, as they came in. */
export const contextsExport: Command<ExportArguments> = {
  command: 'export <store>',
  describe: 'Print the lines of a store again, as JSON lines',
  builder: (usage) =>
    usage
      .positional('store', { type: 'string', path: 'folder', describe: 'Folder that contexts --out wrote' })
      .option('open', { type: 'string', describe: 'Only the lines of one context: --open c12' })
      .option('links', {
        type: 'boolean',
        default: false,
        describe: 'Say in an annotation of each line which context it has, and which line caused it',
      })
      .example('$0 contexts export store > audit.log', 'byte for byte, but for what was redacted or left out')
      .example('$0 contexts export store --links', 'with auditweave.io/context on each line')
      .example('$0 contexts export store --open c12', 'what one action is, for somebody else to look into'),
  handler: async ({ store: dir, links, open: id }) => {
    const { Store } = await import('../../contexts/store/store.js');
    const { linked } = await import('../../contexts/store/linked.js');
    const { REDACTED } = await import('../../contexts/redact.js');
    const { OF_STORE, sayMissing, sayRedacted } = await import('../redacted.js');
    const store = await Store.open(dir);
    const wanted = id === undefined ? null : /^c\d{1,15}$/.test(id) ? Number(id.slice(1)) : -1;
    let [printed, redacted, missing] = [0, 0, 0];
    try {
      for await (const line of store.lines((context) => wanted === null || context === wanted)) {
        printed++;
        if (store.manifest.redacted && line.text.includes(REDACTED)) redacted++;
        await write(`${links ? linked(line) : line.text}\n`);
      }
      missing = await store.missing(wanted);
    } finally {
      await store.close();
    }
    if (id !== undefined && printed === 0)
      throw new AuditweaveError(
        `contexts: expected --open to name a context of the store ${printable(dir, 4096)}, got ${printable(id)}.`,
        { hint: `Its contexts, by name: auditweave contexts ${dir} --background` },
      );
    sayMissing('contexts', missing);
    sayRedacted('contexts', redacted, OF_STORE);
  },
};
