import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../src/random.js';
import { count, type Outcome } from './outcome.js';
import { ended, lastingScenes, type Scene, sharedScenes } from './scenes.js';

/** Share of the time that a command takes alone in which it is killed: on a machine that was busier then, it has ended later. */
const EARLY = 0.6;

/** A scene, what it makes when nobody meddles, and how it ends and how long it takes then. */
interface Known extends Scene {
  expected: string;
  code: number | null;
  span: number;
}

/** Does something in a folder, which is gone after. */
async function inFolder<T>(root: string, scene: Scene, work: (out: string) => Promise<T>): Promise<T> {
  const out = join(root, 'out');
  mkdirSync(out);
  try {
    await scene.before?.(out);
    return await work(out);
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Sees what a scene makes when nobody meddles. */
async function known(root: string, scene: Scene): Promise<Known> {
  return await inFolder(root, scene, async (out) => {
    const began = performance.now();
    const { code, error } = await ended(scene.start(out));
    if (code === null || code === 1)
      throw new Error(`${scene.name} that nobody meddles with ended with ${code}: ${error}`);
    return { ...scene, expected: scene.made(out), code, span: performance.now() - began };
  });
}

/** Tries scenes in turn, and gives what came of it. */
async function inTurn(
  family: string,
  most: number,
  open: (root: string) => Promise<readonly Scene[]>,
  once: (scene: Known, out: string, outcome: Outcome) => Promise<void>,
): Promise<Outcome> {
  const outcome: Outcome = { family, tried: 0, ends: {}, failures: [] };
  const root = mkdtempSync(join(tmpdir(), 'adversary-'));
  try {
    const scenes = await open(root);
    const seen: Known[] = [];
    for (let i = 0; outcome.tried < most; i++) {
      const at = i % scenes.length;
      const scene = seen[at] ?? (await known(root, scenes[at]!));
      seen[at] = scene;
      await inFolder(root, scene, (out) => once(scene, out, outcome));
    }
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
  return outcome;
}

/**
 * Kills trainings, and commands that write stores and labels, at random moments (SIGKILL), up to three times, and lets them go on: in the end
 * there are the same bytes as of one that was left alone, and nothing else.
 *
 * @param options.count How many kills.
 */
export async function kills({ seed, count: most }: { seed: number; count: number }): Promise<Outcome> {
  let run = 0;
  return await inTurn('killed at random moments', most, lastingScenes, async (scene, out, outcome) => {
    const { name, span } = scene;
    const random = randomStream(seed, `kills/${run++}`);
    const times = Math.min(1 + random.integer(3), most - outcome.tried);
    for (let i = 0; i < times; i++) {
      const child = scene.start(out);
      const end = ended(child);
      const early = await Promise.race([end.then(() => true), sleep(random.next() * EARLY * span, false)]);
      child.kill('SIGKILL');
      await end;
      outcome.tried++;
      count(outcome, `${name}: ${early ? 'had ended before' : 'killed'}`);
    }
    const { code, error } = await ended(scene.start(out));
    const place = `run ${run - 1}: ${name} after ${times} kills`;
    if (code !== 0) outcome.failures.push(`${place}: ended with ${code}: ${error.slice(-400)}`);
    else if (scene.made(out) !== scene.expected) outcome.failures.push(`${place}: other bytes`);
    else count(outcome, `${name}: the same bytes in the end`);
  });
}

/**
 * Starts commands twice over the same files, every other time not at once but a random moment later: both end as one that is alone, or one of
 * them is told of the other; what they make is what one alone makes.
 *
 * @param options.count How many pairs.
 */
export async function pairs({ seed, count: most }: { seed: number; count: number }): Promise<Outcome> {
  return await inTurn('two at once', most, sharedScenes, async (scene, out, outcome) => {
    const { name, busy, beside = scene.start } = scene;
    const pair = outcome.tried++;
    const random = randomStream(seed, `pairs/${pair}`);
    const first = ended(scene.start(out));
    if (random.next() < 0.5) await sleep(random.next() * scene.span);
    const both = await Promise.all([first, ended(beside(out))]);
    const codes = both.map(({ code }) => code);
    const alone = codes.filter((code) => code === scene.code).length;
    const place = `pair ${pair}: ${name}`;
    if (alone === 0 || codes.some((code) => code !== scene.code && code !== busy))
      outcome.failures.push(
        `${place}: ended with ${codes}: ${both.map(({ error }) => error.slice(-300)).join(' | ')}`,
      );
    else if (scene.made(out) !== scene.expected) outcome.failures.push(`${place}: other bytes`);
    else
      count(outcome, `${name}: ${alone === 2 ? 'both ended as one alone' : 'one did it, one was told so'}`);
  });
}
