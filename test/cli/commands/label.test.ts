import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/errors.js';
import { OrdinalEncoder } from '../../../src/features/encoder.js';
import { writeModelFolder } from '../../../src/model/bilstm/folder.js';
import { biLstmConfig, weightShapes } from '../../../src/model/bilstm/shape.js';
import { runCommand } from '../../fixtures/run-command.js';
import { eventAt } from '../../labeling/events.js';
import { roughWeights } from '../../model/bilstm/forward.js';

const VERBS = ['create', 'delete', 'get', 'update'];
const HINT = '\n  Hint: Drop the line with --skip-invalid, or export the log again.';

let dir: string;
let model: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'label-'));
  model = join(dir, 'model');
  const shape = biLstmConfig({ window: 4, features: 1, classes: 5, units: [3, 2] });
  const encoder = OrdinalEncoder.fit(
    VERBS.map((verb) => [verb]),
    ['verb'],
  );
  await writeModelFolder(
    model,
    {
      weights: roughWeights(weightShapes(shape), 3),
      config: { ...shape, columns: ['verb'], lines: 'completed', filter: 'paper', epsilon: 1e-3 },
      encoder: encoder.toJSON(),
      labels: { partIds: [0, 1, 2, 3, 4] },
      card: '# A model\n',
    },
    { version: '0.1.0' },
  );
});
afterAll(() => rm(dir, { recursive: true }));

/** Runs the command in this process. */
async function run(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const { out, error, code } = await runCommand('label', ...args);
  return { out, err: error, code };
}

async function logOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

const line = (i: number): string => JSON.stringify(eventAt(10 * i, VERBS[i % 4]!));
const log = (length: number): string => Array.from({ length }, (_, i) => `${line(i)}\n`).join('');

interface Row {
  line: number;
  auditID: string | null;
  label: number[] | null;
  confidence?: number;
  skipped?: string;
}
const rowsOf = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((row) => JSON.parse(row) as Row);

describe('label', () => {
  it('prints one row a line, in input order, and how many on standard error', async () => {
    const { out, err, code } = await run(await logOf('ten.log', log(10)), '--model', model);
    const rows = rowsOf(out);
    expect(rows.map((row) => row.line)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rows.map((row) => row.auditID)).toEqual(rows.map((_, i) => `id-${10 * i}`));
    for (const row of rows) {
      expect(row.label).toHaveLength(5);
      expect(row.confidence).toBeGreaterThan(0);
      expect(row.confidence).toBeLessThanOrEqual(1);
    }
    expect(err).toMatch(
      /label: 10 lines · .*\n10 lines: 10 labelled, 0 skipped\.\n10 of 10 events have no bodies \(level Metadata\): .*\n$/,
    );
    expect(code).toBe(EXIT.done);
  });

  it('gives the same bytes every time, from gzip, from an EventList, and into a file', async () => {
    const plain = await run(await logOf('plain.log', log(30)), '--model', model);
    expect((await run(join(dir, 'plain.log'), '--model', model)).out).toBe(plain.out);
    const packed = await logOf('packed.gz', gzipSync(log(30)));
    expect((await run(packed, '--model', model)).out).toBe(plain.out);
    const items = Array.from({ length: 30 }, (_, i) => JSON.parse(line(i)) as unknown);
    const list = await logOf(
      'list.json',
      JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items }),
    );
    expect((await run(list, '--model', model)).out).toBe(plain.out);
    const out = join(dir, 'rows.jsonl');
    const filed = await run(join(dir, 'plain.log'), '--model', model, '--out', out, '--json');
    expect(await readFile(out, 'utf8')).toBe(plain.out);
    expect(JSON.parse(filed.out)).toMatchObject({ lines: 30, labelled: 30, skipped: 0, invalid: 0, out });
  });

  it('says why a line has no label', async () => {
    const readyz = { ...eventAt(5, 'get'), objectRef: undefined, requestURI: '/readyz' };
    const events = [eventAt(1, 'create', { stage: 'RequestReceived' }), readyz, eventAt(9, 'create')];
    const path = await logOf('skipped.log', `${events.map((event) => JSON.stringify(event)).join('\n')}\n\n`);
    const rows = rowsOf((await run(path, '--model', model)).out);
    expect(rows.slice(0, 2)).toEqual([
      { line: 0, auditID: 'id-1', label: null, skipped: 'stage RequestReceived' },
      { line: 1, auditID: 'id-5', label: null, skipped: 'no objectRef' },
    ]);
    expect(rows[2]!.label).toHaveLength(5);
    expect(rows[3]).toEqual({ line: 3, auditID: null, label: null, skipped: 'blank line' });
  });

  it.each([
    ['text', 'hello', 'a JSON object'],
    ['a number', '7', 'a JSON object'],
    ['half a line', line(2).slice(0, 100), 'a JSON object'],
    ['another object', '{"kind":"Pod"}', 'kind to be Event'],
    ['no time', line(2).replace('2026-01', 'soon'), 'requestReceivedTimestamp to be RFC 3339'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xc0), 'a line of UTF-8 text'],
    ['NUL bytes inside it', Uint8Array.of(0x61, 0, 0x62), 'a line of UTF-8 text'],
  ])('stops at a line of %s with its place, and writes no file', async (_, bad, message) => {
    const whole = Buffer.concat([Buffer.from(log(2)), Buffer.from(bad), Buffer.from(`\n${line(3)}\n`)]);
    const path = await logOf('bad.log', whole);
    const out = join(dir, 'never.jsonl');
    const stopped = await run(path, '--model', model, '--out', out);
    expect(stopped.err).toContain(`audit: ${path}:3: expected ${message}, got `);
    expect(stopped.err).toContain(HINT);
    expect(stopped.code).toBe(EXIT.usage);
    expect((await readdir(dir)).filter((name) => name.includes('never'))).toEqual([]);

    const kept = await run(path, '--model', model, '--skip-invalid');
    const rows = rowsOf(kept.out);
    expect(rows.map((row) => row.line)).toEqual([0, 1, 2, 3]);
    expect(rows[2]!.skipped).toContain(`expected ${message}, got `);
    expect(kept.err).toContain('4 lines: 3 labelled, 1 skipped, 1 of them could not be read.\n');
    expect(kept.code).toBe(EXIT.done);
  });

  it('labels an empty log, a short one, and one that ends without a newline', async () => {
    const empty = await run(await logOf('empty.log', ''), '--model', model);
    expect([empty.out, empty.code]).toEqual(['', EXIT.usage]);
    expect(empty.err).toContain('label: expected audit events, got none in 0 lines.\n');
    expect(rowsOf((await run(await logOf('one.log', line(0)), '--model', model)).out)).toHaveLength(1);
    const cut = await run(await logOf('cut.log', log(9).trimEnd()), '--model', model);
    expect(cut.out).toBe((await run(await logOf('whole.log', log(9)), '--model', model)).out);
  });

  it('takes the model of the package where none is named, and says of each line who caused it', async () => {
    const { out, code } = await run('datasets/first-light/audit.jsonl.gz');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row));
    expect(code).toBe(0);
    expect(rows).toHaveLength(6310);
    expect(rows[148]).toMatchObject({ label: [1, 0, 2, 1, 1], trigger: { line: 144 } });
  });

  it('ends with 2 and the reasons where no line is an audit event, and with 0 where events are left out', async () => {
    const path = await logOf('other.log', 'type=SYSCALL msg=audit(1.2:3): x\n{"a":1}\n\nhello\n');
    const { out, err, code } = await run(path, '--model', model, '--skip-invalid');
    expect(rowsOf(out)).toHaveLength(4);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain(
      'label: expected audit events, got none in 4 lines: 1 expected an audit event of Kubernetes; 1 expected auditID to be a text; 1 blank line; 1 expected a JSON object.\n  Hint: ',
    );
    const readyz = JSON.stringify({ ...eventAt(5, 'get'), objectRef: undefined, requestURI: '/readyz' });
    const left = await run(await logOf('health.log', `${readyz}\n`), '--model', model);
    expect(left.code).toBe(EXIT.done);
    expect(left.err).toContain('1 lines: 0 labelled, 1 skipped.\nSkipped: 1 no objectRef.\n');
  });

  it('says how many lines say less than they could', async () => {
    const events = [
      eventAt(1, 'create', { level: 'RequestResponse', annotations: { 'audit.k8s.io/truncated': 'true' } }),
      eventAt(2, 'create', { level: 'RequestResponse', requestObject: 'skipped-too-big-size-object' }),
      eventAt(3, 'create', { level: 'RequestResponse', requestObject: {} }),
      eventAt(4, 'get'),
    ];
    const path = await logOf('poor.log', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { err } = await run(path, '--model', model);
    expect(err).toContain('1 of 4 events have truncated bodies: ');
    expect(err).toContain('1 of 4 events have placeholders for bodies: ');
    expect(err).toContain('1 of 4 events have no bodies (level Metadata): ');
    const json = await run(path, '--model', model, '--json', '--out', join(dir, 'poor.jsonl'));
    expect(JSON.parse(json.out)).toMatchObject({
      events: 4,
      poor: { truncated: 1, placeholder: 1, metadata: 1 },
    });
    expect(Object.keys(JSON.parse(json.out))).not.toContain('known');
  });

  it('says of a log without bodies whether the model learned from such logs', async () => {
    const path = await logOf('metadata.log', `${JSON.stringify(eventAt(4, 'get'))}\n`);
    const { err } = await run(path, '--model', model);
    expect(err).toContain('a model that learned from more knows less of them.');
    // The package's own learned from both.
    const own = await run(path);
    expect(own.err).toContain(
      '1 of 1 events have no bodies (level Metadata): the model was trained on such lines too.',
    );
    expect(own.err).not.toContain('knows less');
  });

  it('takes several files and folders in order of their first events, and names each row’s file', async () => {
    const folder = join(dir, 'logs');
    await mkdir(folder, { recursive: true });
    const part = (from: number, to: number): string => log(to).split('\n').slice(from, to).join('\n');
    await writeFile(join(folder, 'audit.log'), part(20, 30));
    await writeFile(join(folder, 'audit.log.1'), part(10, 20));
    await writeFile(join(folder, 'audit-2026-01-01T00-00-00.000.log.gz'), gzipSync(part(0, 10)));
    await writeFile(join(folder, 'notes.txt'), 'no log');
    const whole = rowsOf((await run(await logOf('thirty.log', log(30)), '--model', model)).out);
    const names = ['audit-2026-01-01T00-00-00.000.log.gz', 'audit.log.1', 'audit.log'].map((name) =>
      join(folder, name),
    );
    const expected = whole.map((row, i) => ({ ...row, line: i % 10, file: names[Math.floor(i / 10)] }));
    expect(rowsOf((await run(folder, '--model', model)).out)).toEqual(expected);
    expect(rowsOf((await run(names[2]!, names[0]!, names[1]!, '--model', model)).out)).toEqual(expected);
    expect((await run(folder, '--model', model)).err).toContain(
      `label: of ${folder}, passed over what is not named as logs are: ${join(folder, 'notes.txt')}.\n`,
    );
  });

  it('gives the rows of a live log as they settle, and what was read when it is interrupted', async () => {
    const child = spawn(process.execPath, ['bin/auditweave.mjs', 'label', '-', '--model', model]);
    let [out, err] = ['', ''];
    const settled = new Promise<void>((resolve) => {
      child.stdout.on('data', (text) => {
        out += String(text);
        if (out.split('\n').length > 41) resolve();
      });
    });
    child.stderr.on('data', (text) => {
      err += String(text);
    });
    child.stdin.write(log(60));
    await settled;
    expect(rowsOf(out).length).toBeGreaterThan(40);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(EXIT.interrupted);
    expect(rowsOf(out)).toEqual(rowsOf((await run(await logOf('sixty.log', log(60)), '--model', model)).out));
    expect(err).toContain(
      'label: interrupted after 60 lines; standard output has the rows of all of them.\n',
    );
  });

  it('ends a live log at a line that cannot be read, with the rows of all before it', async () => {
    const child = spawn(process.execPath, ['bin/auditweave.mjs', 'label', '-', '--model', model]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += String(text);
    });
    child.stderr.on('data', (text) => {
      err += String(text);
    });
    // Its end never comes.
    child.stdin.write(`${log(20)}{"kind": nope}\n`);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(EXIT.usage);
    expect(rowsOf(out)).toEqual(
      rowsOf((await run(await logOf('twenty.log', log(20)), '--model', model)).out),
    );
    expect(err).toContain('audit: standard input:21: expected a JSON object');
  });

  it.each<[string[], string]>([
    [['--stride', '0'], 'label: expected --stride to be a positive integer, got 0.'],
    [['--stride', 'x'], 'cli: expected --stride to be a number, got “x”.'],
    [['--stride', '5'], 'model: expected stride to be an integer from 1 to 4, got 5.'],
    [['--buffer', '-1'], 'label: expected --buffer to be a positive integer, got -1.'],
    [['--model', 'other'], 'cli: expected --model once, got '],
    [['--strid', '5'], 'cli: expected an option of label, got --strid.'],
    [['more.log'], 'audit: more.log: expected a file or a folder, got no such file.'],
    [['-'], 'audit: expected standard input alone, got '],
    [['--hold', 'long'], 'cli: expected --hold to be a time such as 1s or 500ms, got “long”.'],
  ])('refuses %j', async (args, message) => {
    const { err, code, out } = await run(await logOf('ten.log', log(10)), '--model', model, ...args);
    expect(err).toContain(message);
    expect(code).toBe(EXIT.usage);
    expect(out).toBe('');
  });

  it('refuses to write over the log, and a log or a model that is not there', async () => {
    const path = await logOf('own.log', log(3));
    const over = await run(path, '--model', model, '--out', join(dir, '.', 'own.log'));
    expect(over.err).toBe(`label: expected --out to be another file than the log, got ${path}.\n`);
    expect(await readFile(path, 'utf8')).toBe(log(3));
    expect((await run(join(dir, 'none.log'), '--model', model)).err).toContain(
      `audit: ${dir}/none.log: expected a file or a folder, got no such file.`,
    );
    const none = await run(path, '--model', join(dir, 'none'));
    expect(none.err).toContain(`model: expected a trained model in ${dir}/none, got no such folder.`);
    expect(none.code).toBe(EXIT.usage);
  });

  it('refuses options that the model has no use for, or says that they change nothing', async () => {
    const path = await logOf('unused.log', log(4));
    const explained = await run(path, '--model', model, '--explain');
    expect([explained.code, explained.out]).toEqual([2, '']);
    expect(explained.err).toContain(
      'label: expected --explain with a model that names causes, got one that gives labels only.',
    );
    const strided = await run(path, '--stride', '2');
    expect([strided.code, strided.out]).toEqual([2, '']);
    expect(strided.err).toContain('label: expected --stride with a model that sees windows');
    const threads = await run(path, '--threads', '2');
    expect(threads.err).toContain('label: --threads changes nothing');
    expect(threads.out).toBe((await run(path)).out);
    for (const own of [['--explain'], ['--model', model, '--stride', '2', '--threads', '2']]) {
      const { code, err } = await run(path, ...own);
      expect([code, err.includes('changes nothing')]).toEqual([0, false]);
    }
  });
});
