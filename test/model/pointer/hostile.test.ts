import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadResourceTable } from '../../../src/audit/labels.js';
import { type LabelRow, labelLines } from '../../../src/labeling/labeler.js';
import { openPredictor } from '../../../src/model/kinds.js';
import { type PointerModel, readPointer, writePointer } from '../../../src/model/pointer/pointer-folder.js';
import { pointerPredictor } from '../../../src/model/pointer/predictor.js';
import { WordCount } from '../../../src/model/pointer/words.js';
import { ACCOUNT, tell } from './events.js';

const model: PointerModel = {
  forest: {
    ...{ root: Int32Array.of(-1), column: new Int32Array(), threshold: new Float32Array() },
    ...{ words: new Uint32Array(), left: new Int32Array(), right: new Int32Array() },
    ...{ missing: new Uint8Array(), leaf: Float32Array.of(0.5) },
  },
  words: new WordCount().words(),
  temperature: 1,
  thresholds: {},
  rules: 'take',
  rulesOff: [],
  lines: 'completed',
  filter: 'none',
};

it('gives a line that no label fits its row, and the lines after it theirs', async () => {
  const events = [
    tell({ at: 0, user: 'ann', verb: 'create', on: 'pods', in: 'shop', name: 'a' }),
    // A request for /api/v1/proxy/… is written with this verb, whoever sends it.
    tell({ at: 1, user: 'eve', verb: 'proxy', on: 'pods', in: 'shop', name: 'a', code: 404 }),
    tell({ at: 2, user: `${ACCOUNT}constructor`, verb: 'delete', on: 'pods', in: 'shop', name: 'a' }),
    tell({ at: 3, user: 'ann', verb: 'post', on: '/metrics' }),
    tell({ at: 4, user: 'ann', verb: 'delete', on: 'pods', in: 'shop', name: 'a' }),
  ];
  const lines = (async function* () {
    for (const [line, event] of events.entries()) yield { line, text: '', event };
  })();
  const table = await loadResourceTable();
  const rows: LabelRow[] = [];
  for await (const row of labelLines(lines, { predictor: pointerPredictor(model, table), table }))
    rows.push(row);
  expect(rows.map(({ label, skipped }) => skipped ?? label?.[2])).toEqual([
    table.verbs.get('create'),
    'a verb that no label has',
    table.verbs.get('delete'),
    'no objectRef',
    table.verbs.get('delete'),
  ]);
});

describe('a folder of a pointer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'pointer-')), 'model');
    await writePointer(folder, model, { version: '0.1.0', card: '# card\n', metadata: {} });
  });

  it.each([
    ['temperature', 1e-300],
    ['temperature', 1e300],
    ['rulesOff', [{}]],
    ['rules', 'guess'],
    ['files', {}],
    ['thresholds', { request: 2 }],
  ])('is refused with %s %s', async (key, value) => {
    const path = join(folder, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...config, [key]: value }));
    await expect(readPointer(folder)).rejects.toThrow(`model: ${path}: expected the config of a pointer`);
  });

  it('is refused by the file, in a message of a few lines, with a kind or a hash of a million letters', async () => {
    const path = join(folder, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const long = '\u001b'.repeat(1e6);
    for (const changed of [
      { model: long },
      { model: [long] },
      { files: { ...(config.files as object), 'card.md': long } },
    ]) {
      await writeFile(path, JSON.stringify({ ...config, ...changed }));
      const said = await openPredictor(folder).then(String, String);
      expect(said).toContain(folder);
      expect(said.length).toBeLessThan(8000);
      expect(said).not.toContain('\u001b');
    }
  });

  it('that cannot be looked into is not called absent', async () => {
    const path = join(folder, 'config.json');
    await rm(path);
    await symlink('config.json', path);
    await expect(openPredictor(folder)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('is seen as damaged, by the file, whatever byte of it has a bit turned over', async () => {
    const sound = JSON.stringify(await readPointer(folder));
    for (const name of ['trees.safetensors', 'words.json', 'card.md', 'config.json']) {
      const path = join(folder, name);
      const bytes = await readFile(path);
      for (let bit = 0; bit < 8 * bytes.length; bit += name === 'config.json' ? 7 : 41) {
        const turned = Buffer.from(bytes);
        turned[bit >> 3]! ^= 1 << (bit & 7);
        await writeFile(path, turned);
        const found = await readPointer(folder).then(JSON.stringify, String);
        if (found !== sound) expect(found).toContain(folder);
      }
      await writeFile(path, bytes);
    }
  });
});
