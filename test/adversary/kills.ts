import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../src/random.js';
import { smallLog, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';
import { count, type Outcome } from './outcome.js';

const EPOCHS = 12;
/** Exit code of a command that another process keeps from its folder. */
const BUSY = 75;

/** A dataset and settings on the disk, the `train` command over them, and what it makes when nobody meddles. */
class Scene {
  readonly root = mkdtempSync(join(tmpdir(), 'adversary-'));
  #config = '';
  expected = '';

  async open(): Promise<void> {
    const settings = await smallSettings(writeDataset(mkdtempSync(join(this.root, 'dataset-')), smallLog()));
    settings.training.epochs = EPOCHS;
    this.#config = join(this.root, 'small.config.yaml');
    writeFileSync(this.#config, JSON.stringify(settings));
    const out = join(this.root, 'whole');
    const { code, error } = await this.finish(this.train(out));
    if (code !== 0) throw new Error(`the run that nobody meddles with ended with ${code}: ${error}`);
    this.expected = this.bytes(out);
  }

  train(out: string): ChildProcess {
    const args = ['bin/auditweave.mjs', 'train', '--config', this.#config, '--out', out, '--report=false'];
    return spawn(process.execPath, [...args, '--threads', '1', '--device', 'cpu'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async finish(child: ChildProcess): Promise<{ code: number | null; error: string }> {
    let error = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      error = (error + text).slice(-2000);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, error };
  }

  /** What a run is, times apart: weights, history, scores. */
  bytes(out: string): string {
    const history = readFileSync(join(out, 'history.jsonl'), 'utf8').replaceAll(
      /"(seconds|windowsPerSecond)":[\d.e+-]+/g,
      '',
    );
    const { inference: _, ...metrics } = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as {
      inference: unknown;
    };
    const weights = readFileSync(join(out, 'model/weights.safetensors')).toString('latin1');
    return JSON.stringify([history, metrics, weights]);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Kills a training at random moments (SIGKILL), and lets it go on: it ends with the same bytes as one that was left alone.
 *
 * @param options.count How many kills.
 */
export async function kills({ seed, count: most }: { seed: number; count: number }): Promise<Outcome> {
  const outcome: Outcome = { family: 'killed at random moments', tried: 0, ends: {}, failures: [] };
  const scene = new Scene();
  try {
    const began = performance.now();
    await scene.open();
    const span = performance.now() - began;
    for (let run = 0; outcome.tried < most; run++) {
      const random = randomStream(seed, `kills/${run}`);
      const out = join(scene.root, `run-${run}`);
      const times = Math.min(1 + random.integer(3), most - outcome.tried);
      for (let i = 0; i < times; i++) {
        const child = scene.train(out);
        const ended = scene.finish(child);
        const early = await Promise.race([ended.then(() => true), sleep(random.next() * span, false)]);
        child.kill('SIGKILL');
        await ended;
        outcome.tried++;
        count(outcome, early ? 'had ended before' : 'killed');
      }
      const { code, error } = await scene.finish(scene.train(out));
      if (code !== 0)
        outcome.failures.push(`run ${run}: ended with ${code} after ${times} kills: ${error.slice(-400)}`);
      else if (scene.bytes(out) !== scene.expected)
        outcome.failures.push(`run ${run}: other bytes after ${times} kills`);
      else count(outcome, 'runs that ended with the same bytes');
      rmSync(out, { recursive: true, force: true });
    }
  } finally {
    scene.close();
  }
  return outcome;
}

/**
 * Starts the same training twice at once in one folder: one trains, the other is told so or finds it finished; the run is whole.
 *
 * @param options.count How many pairs.
 */
export async function pairs({ count: most }: { count: number }): Promise<Outcome> {
  const outcome: Outcome = { family: 'two at once in a folder', tried: 0, ends: {}, failures: [] };
  const scene = new Scene();
  try {
    await scene.open();
    for (let pair = 0; pair < most; pair++) {
      const out = join(scene.root, `pair-${pair}`);
      const both = await Promise.all(
        [scene.train(out), scene.train(out)].map((child) => scene.finish(child)),
      );
      outcome.tried++;
      const codes = both.map(({ code }) => code).sort((a, b) => Number(a) - Number(b));
      if (codes[0] !== 0 || ![0, BUSY].includes(codes[1] ?? -1))
        outcome.failures.push(
          `pair ${pair}: ended with ${codes}: ${both.map(({ error }) => error.slice(-300)).join(' | ')}`,
        );
      else if (scene.bytes(out) !== scene.expected) outcome.failures.push(`pair ${pair}: other bytes`);
      else count(outcome, codes[1] === BUSY ? 'one trained, one was told so' : 'both ended well');
      rmSync(out, { recursive: true, force: true });
    }
  } finally {
    scene.close();
  }
  return outcome;
}
