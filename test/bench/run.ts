/**
 * Measures our training step and inference beside Keras 3, PyTorch and tfjs's own layers: same model, same machine, one run.
 *
 *     npm run bench [-- --rounds 3 --batches 32,128,256 --quick]
 *
 * Every measurement is a process of its own; the implementations take turns, so that noise hits all of them. Written to
 * test/bench/RESULTS.md and results/bench.json. Peers need test/bench/peers.sh once.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { writeFileAtomic } from '../../src/files/atomic.js';

interface Measured {
  milliseconds: number[];
  rssBytes: number;
  version: string;
}
interface Sample extends Measured {
  name: string;
  what: string;
  batch: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    batches: { type: 'string', default: '32,128,256' },
    steps: { type: 'string', default: '8' },
    python: { type: 'string', default: process.env.AUDITWEAVE_PEERS_PYTHON ?? '.venv/bin/python' },
  },
});
const root = join(import.meta.dirname, '..', '..');
const here = (name: string): string => join(import.meta.dirname, name);
const tsx = join(root, 'node_modules', '.bin', 'tsx');
if (!existsSync(values.python)) {
  console.error(
    `bench: expected the peers at ${values.python}, got nothing.\n  Hint: test/bench/peers.sh makes them (about 6 GB).`,
  );
  process.exit(2);
}
const steps = Number(values.steps);
const implementations: Record<string, (what: string, batch: number) => [string, string[]] | null> = {
  'auditweave, 2 threads': (what, batch) => [tsx, [here('own.ts'), what, String(batch), String(steps), '2']],
  'auditweave, 1 thread': (what, batch) => [tsx, [here('own.ts'), what, String(batch), String(steps), '1']],
  'Keras 3 (TensorFlow)': (what, batch) => [
    values.python,
    [here('keras_peer.py'), what, String(batch), String(steps)],
  ],
  PyTorch: (what, batch) => [values.python, [here('torch_peer.py'), what, String(batch), String(steps)]],
  'tfjs layers': (what, batch) =>
    what === 'train' && batch === 32 ? [tsx, [here('layers_peer.ts'), what, String(batch), '3']] : null,
};

const samples: Sample[] = [];
for (let round = 0; round < Number(values.rounds); round++)
  for (const what of ['train', 'infer'])
    for (const batch of values.batches.split(',').map(Number))
      for (const [name, command] of rotate(Object.entries(implementations), round)) {
        const call = command(what, batch);
        if (!call) continue;
        const { stdout } = await promisify(execFile)(call[0], call[1], { cwd: root, maxBuffer: 1 << 24 });
        const measured = JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
        samples.push({ name, what, batch, ...measured });
        console.error(
          `round ${round + 1}: ${what} ${batch} ${name}: ${median(measured.milliseconds).toFixed(1)} ms`,
        );
      }

const report = summarize(samples);
await writeFileAtomic(here('RESULTS.md'), report);
await writeFileAtomic(
  join(root, 'results', 'bench.json'),
  `${JSON.stringify({ machine: machine(), samples }, null, 1)}\n`,
);
process.stdout.write(report);

function rotate<T>(items: T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function machine(): string {
  const list = cpus();
  return `${list.length} cores, ${list[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`;
}

/** A table a task: median over all rounds, fastest step, ratio to the fastest peer (medians), memory. */
function summarize(all: readonly Sample[]): string {
  const lines = [
    '# Benchmarks',
    '',
    `The paper's model (W = 60, F = 39, K = 59) on ${machine()}. ${values.rounds} rounds, each a new process, ${steps} steps after two to warm up; the implementations take turns.`,
    'Made by `npm run bench`. A ratio above 1 means that the row is slower than the faster of Keras and PyTorch; on a machine that others use too, the',
    'fastest steps say more than the medians.',
  ];
  for (const what of ['train', 'infer'])
    for (const batch of [...new Set(all.map((sample) => sample.batch))]) {
      const own = all.filter((sample) => sample.what === what && sample.batch === batch);
      const times = (name: string) =>
        own.filter((sample) => sample.name === name).flatMap((s) => s.milliseconds);
      const peers = ['Keras 3 (TensorFlow)', 'PyTorch'];
      const peer = Math.min(...peers.map((name) => median(times(name))));
      const fastestPeer = Math.min(...peers.flatMap(times));
      const perLine = what === 'infer' ? ' | ms a line, stride 1' : '';
      lines.push('', `## ${what === 'train' ? 'Training step' : 'Inference'}, batch ${batch}`, '');
      lines.push(
        `| | median ms | ratio to the faster peer | fastest ms | ratio of the fastest${perLine} | peak memory MB | version |`,
      );
      lines.push(`|---|---|---|---|---|${what === 'infer' ? '---|' : ''}---|---|`);
      for (const name of [...new Set(own.map((sample) => sample.name))]) {
        const ms = times(name);
        const mine = own.filter((sample) => sample.name === name);
        const memory = Math.max(...mine.map(({ rssBytes }) => rssBytes)) / 1e6;
        const line = what === 'infer' ? ` | ${(median(ms) / batch).toFixed(2)}` : '';
        lines.push(
          `| ${name} | ${median(ms).toFixed(1)} | ${(median(ms) / peer).toFixed(2)} | ${Math.min(...ms).toFixed(1)} | ${(Math.min(...ms) / fastestPeer).toFixed(2)}${line} | ${memory.toFixed(0)} | ${mine[0]!.version} |`,
        );
      }
    }
  return `${lines.join('\n')}\n`;
}
