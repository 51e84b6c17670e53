import type { Command } from '../command.js';
import { write } from '../output.js';

interface ExportArguments {
  store: string;
  links: boolean;
}

/** `contexts export DIR`: the lines of a store, as they came in. */
export const contextsExport: Command<ExportArguments> = {
  command: 'export <store>',
  describe: 'Print the lines of a store again, as JSON lines',
  builder: (usage) =>
    usage
      .positional('store', { type: 'string', path: 'folder', describe: 'Folder that contexts --out wrote' })
      .option('links', {
        type: 'boolean',
        default: false,
        describe: 'Say in an annotation of each line which context it has, and which line caused it',
      })
      .example('$0 contexts export store > audit.log', 'byte for byte, but for what was redacted')
      .example('$0 contexts export store --links', 'with auditweave.io/context on each line'),
  handler: async ({ store: dir, links }) => {
    const { Store } = await import('../../contexts/store/store.js');
    const { linked } = await import('../../contexts/store/linked.js');
    const { REDACTED } = await import('../../contexts/redact.js');
    const { OF_STORE, sayRedacted } = await import('../redacted.js');
    const store = await Store.open(dir);
    let redacted = 0;
    try {
      for await (const line of store.lines()) {
        if (store.manifest.redacted && line.text.includes(REDACTED)) redacted++;
        await write(`${links ? linked(line) : line.text}\n`);
      }
    } finally {
      await store.close();
    }
    sayRedacted('contexts', redacted, OF_STORE);
  },
};
