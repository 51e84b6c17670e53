/**
 * How often each rule of identity of the pointer is right where the cluster itself carried the cause along, all marks being true.
 *
 *     npx tsx scripts/rules-by-truth.ts datasets/carried > results/reference/propagated/rules.json
 */
import { loadDataset } from '../src/dataset/load.js';
import { DEFAULT_MODEL } from '../src/model/kinds.js';
import type { ModelData } from '../src/model/model.js';
import { disputedLines } from '../src/model/pointer/beside.js';
import { loadPointerData } from '../src/model/pointer/data.js';
import { Follower } from '../src/model/pointer/follower.js';
import type { Cause } from '../src/model/pointer/notes.js';
import { readPointer } from '../src/model/pointer/pointer-folder.js';
import { askRules } from '../src/model/pointer/rules/rules.js';
import { readSettings } from '../src/settings/settings.js';

const [dir = 'datasets/carried'] = process.argv.slice(2);
const dataset = await loadDataset(dir, { map: () => null, lines: 'completed', filter: 'paper' });
const settings = await readSettings('paper', { dataset: dir, 'model.name': 'pointer' });
const lines = await loadPointerData({ dataset: dataset as unknown as ModelData['dataset'] }, settings, [
  'requestResponse',
]);
const disputed = await disputedLines(dataset.dir);
const { words } = await readPointer(DEFAULT_MODEL);
const requests = lines.requests.get('requestResponse')!;
const rules = new Map<string, { lines: number; right: number }>();
for (const { first, last } of lines.captures.values()) {
  const known = new Map<string, Cause>();
  let row = first;
  const follower = new Follower({
    words,
    onCause: (cause) => known.set(cause.auditID, cause),
    ask: askRules,
    take: () => false,
    choose: ({ request, answer }) => {
      const trigger = lines.trigger[row]!;
      const cause = trigger === null ? null : (known.get(trigger) ?? null);
      if (request.kind === 'system' && !disputed.has(dataset.line[row]!)) {
        const id = answer?.id ?? 'none answers';
        const own = rules.get(id) ?? { lines: 0, right: 0 };
        own.lines++;
        if ((answer?.cause?.auditID ?? null) === trigger) own.right++;
        rules.set(id, own);
      }
      return { cause, confidence: 1, reason: 'the truth' };
    },
  });
  for (; row <= last; row++) follower.push({ ...requests[row]! }, row);
  follower.end();
}
const { name, sha256 } = dataset;
const record = {
  schema: 1,
  dataset: { name, sha256 },
  rules: Object.fromEntries(
    [...rules]
      .sort(([a, m], [b, n]) => n.lines - m.lines || (a < b ? -1 : 1))
      .map(([id, own]) => [id, { ...own, share: own.right / own.lines }]),
  ),
};
process.stdout.write(`${JSON.stringify(record, null, 1)}\n`);
