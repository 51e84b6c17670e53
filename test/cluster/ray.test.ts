import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();

/**
 * A real Ray with two nodes on this machine, one of which is killed half-way. On demand, since Ray is large:
 *
 *     python3 -m venv /tmp/ray && /tmp/ray/bin/pip install 'ray[default]==2.51.1'
 *     AUDITWEAVE_RAY=/tmp/ray/bin/ray npx vitest run test/cluster/ray.test.ts
 */
describe.runIf(process.env.AUDITWEAVE_RAY)('a study on Ray', { timeout: 600_000 }, () => {
  const program = process.env.AUDITWEAVE_RAY!;
  const ports = { gcs: '26379', dashboard: '28265' };
  const address = `http://127.0.0.1:${ports.dashboard}`;
  const file = studyFile();
  let second: ChildProcess;

  beforeAll(async () => {
    const node = ['start', '--num-cpus=1', '--disable-usage-stats', '--object-store-memory=100000000'];
    execFileSync(
      program,
      [
        ...node,
        ...['--head', '--node-ip-address=127.0.0.1', `--port=${ports.gcs}`],
        ...['--dashboard-host=127.0.0.1', `--dashboard-port=${ports.dashboard}`, '--include-dashboard=true'],
      ],
      { stdio: 'ignore' },
    );
    second = spawn(program, [...node, `--address=127.0.0.1:${ports.gcs}`, '--block'], {
      stdio: 'ignore',
      detached: true,
    });
    await until(async () => (await nodes()).length === 2);
  }, 180_000);

  afterAll(() => {
    execFileSync(program, ['stop', '--force'], { stdio: 'ignore' });
    folders.clear();
  });

  it('ends with the records of this machine alone, though one of its two nodes is killed half-way', async () => {
    const here = join(folders.make(), 'here');
    expect((await study(here)).code).toBe(0);
    const there = join(folders.make(), 'there');
    const running = study(there, '--engine', 'ray', '--address', address, '--workers', '2');
    const used = new Set<string>();
    await until(async () => {
      for (const { driver_node_id: node } of await jobs()) if (node) used.add(node);
      return used.size === 2 && histories(there) > 0;
    });
    for (const pid of familyOf(second.pid!)) process.kill(pid, 'SIGKILL');
    const { code, events } = await running;
    expect(events.filter(({ event }) => event === 'failed')).toEqual([]);
    expect(code).toBe(0);
    expect(events.filter(({ event }) => event === 'retried').length).toBeGreaterThan(0);
    expect(readFileSync(join(there, 'records.jsonl'), 'utf8')).toBe(
      readFileSync(join(here, 'records.jsonl'), 'utf8'),
    );
  });

  it('says how to start it when it is not there', async () => {
    const { code, error } = await study(
      join(folders.make(), 'none'),
      '--engine',
      'ray',
      '--address',
      'http://127.0.0.1:1',
    );
    expect(code).toBe(2);
    expect(error).toContain("studies: expected Ray's dashboard at http://127.0.0.1:1, got: ");
    expect(error).toContain('Hint: Start it with `ray start --head`');
  });

  async function jobs(): Promise<{ driver_node_id: string | null }[]> {
    return (await (await fetch(`${address}/api/jobs/`)).json()) as { driver_node_id: string | null }[];
  }

  async function nodes(): Promise<unknown[]> {
    const response = await fetch(`${address}/nodes?view=summary`);
    const { data } = (await response.json()) as { data: { summary: { raylet: { state: string } }[] } };
    return data.summary.filter(({ raylet }) => raylet.state === 'ALIVE');
  }

  function study(out: string, ...extra: string[]) {
    const child = spawn(process.execPath, [
      'bin/auditweave.mjs',
      ...['study', file, '--out', out, '--json', '--no-report', '--device', 'cpu', ...extra],
    ]);
    let text = '';
    let error = '';
    child.stdout.on('data', (part) => (text += part));
    child.stderr.on('data', (part) => (error += part));
    return new Promise<{ code: number | null; events: { event: string }[]; error: string }>((done) =>
      child.on('close', (code) =>
        done({
          code,
          error,
          events: text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line)),
        }),
      ),
    );
  }
});

function studyFile(): string {
  const dir = folders.make();
  const file = join(dir, 'tiny.study.yaml');
  writeFileSync(join(dir, 'paper.config.yaml'), readFileSync('experiments/paper.config.yaml'));
  writeFileSync(
    file,
    `study: tiny
question: Does it go on elsewhere?
base: paper
protocols: [blocked]
fix:
  dataset: datasets/first-light
  selection: all
  features.include: [verb, objectRef.resource, userAgent.tool]
  window.stride: 2
  training.epochs: 12
  evaluation.resamples: 100
vary: { window.size: [8, 10] }
repeat: { runs: 2 }
report: { charts: [protocols] }
`,
  );
  return file;
}

/** A process and all that came of it. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return family;
}

/** Trials in a folder that have finished an epoch. */
const histories = (out: string): number => {
  try {
    return (readdirSync(join(out, 'trials'), { recursive: true }) as string[]).filter((name) =>
      name.endsWith('history.jsonl'),
    ).length;
  } catch {
    return 0;
  }
};

async function until(so: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await so().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('It never came.');
}
