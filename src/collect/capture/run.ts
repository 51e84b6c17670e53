import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../../audit/event.js';
import { runCommand } from '../../cluster/command.js';
import { type Access, readKubeconfig } from '../../cluster/kubeconfig.js';
import { Quiet } from '../../cluster/quiet.js';
import type { ActionRow } from '../../dataset/actions.js';
import { readRows } from '../../files/rows.js';
import { Tail } from '../../files/tail.js';
import { Progress, type ProgressSink } from '../../progress.js';
import { naming } from '../../system-faults.js';
import type { Person, Step } from '../plan/steps.js';
import { certificateRequest } from './certificate-request.js';
import { introducePeople } from './people.js';
import { AuditProxy } from './proxy.js';
import { sendRequests } from './send-requests.js';

export interface CaptureInfo {
  id: string;
  kubernetes: string;
  mode: 'sequential' | 'concurrent';
  shared: boolean;
  seed: number | string;
  people: readonly Person[];
  nodes: readonly string[];
  /** Byte of the audit log where it begins. */
  from: number;
  kubectl: string;
  finished: boolean;
  seconds: number;
  /** What the audit policy keeps, where that is not everything. */
  policy?: string;
}

export interface CaptureOptions {
  id: string;
  /** Where it is written. A capture that was stopped goes on. */
  folder: string;
  kubeconfig: string;
  auditLog: string;
  kubectl: string;
  steps: readonly Step[];
  people: readonly Person[];
  nodes: readonly string[];
  /** Folder where the cluster's processes say what their requests were sent for: kept beside the log. */
  causes?: string;
  /** What the audit policy keeps. Default: everything. */
  policy?: string;
  mode: 'sequential' | 'concurrent';
  shared: boolean;
  seed: number | string;
  sink?: ProgressSink;
}

const SETTLE_MS = { start: 4000, end: 5000, longest: 45_000 };

/**
 * Runs a plan against a cluster and keeps the audit lines that come meanwhile.
 *
 * @returns The folder's `capture.json`, beside `audit.jsonl`, `actions.jsonl` and `trace.jsonl`.
 * @throws {AuditweaveError} The cluster cannot be reached, or the people cannot be introduced.
 */
export async function runCapture(options: CaptureOptions): Promise<CaptureInfo> {
  const file = join(options.folder, 'capture.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CaptureInfo) : null;
  if (known?.finished) return known;
  mkdirSync(options.folder, { recursive: true });
  const cache = await mkdtemp(join(tmpdir(), 'collect-'));
  try {
    return await new Capture(options, cache, known).run();
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

class Capture {
  readonly #options: CaptureOptions;
  readonly #cache: string;
  readonly #known: CaptureInfo | null;
  readonly #quiet = new Quiet();
  readonly #done = new Set<number>();
  readonly #proxies = new Map<string, AuditProxy>();
  #tail!: Tail;
  #keeping = false;
  #lines = 0;

  constructor(options: CaptureOptions, cache: string, known: CaptureInfo | null) {
    this.#options = options;
    this.#cache = cache;
    this.#known = known;
  }

  async run(): Promise<CaptureInfo> {
    const { folder, auditLog, people, steps } = this.#options;
    const started = Date.now();
    const access = await readKubeconfig(this.#options.kubeconfig);
    const info = { ...this.#info(), kubernetes: await this.#version(access) };
    for (const row of readRows<ActionRow>(join(folder, 'actions.jsonl'))) this.#done.add(row.index);
    await this.#openDoors(access);
    this.#tail = new Tail(auditLog);
    await this.#settle(SETTLE_MS.start);
    this.#tail.close();
    // What comes before is the cluster's start and the people's introduction: nobody's action.
    this.#tail = new Tail(auditLog, this.#known?.from);
    const from = this.#known?.from ?? this.#tail.position;
    writeFileSync(join(folder, 'audit.jsonl'), '');
    this.#keeping = true;
    this.#lines = 0;
    const write = (finished: boolean): CaptureInfo => {
      const seconds = Math.round((Date.now() - started) / 1000) + (this.#known?.seconds ?? 0);
      const whole = { ...info, from, finished, seconds };
      writeFileSync(join(folder, 'capture.json'), `${JSON.stringify(whole, null, 2)}\n`);
      return whole;
    };
    write(false);
    const progress = new Progress(`collect ${info.id}`, {
      unit: 'actions',
      total: steps.length,
      ...(this.#options.sink ? { sink: this.#options.sink } : {}),
    });
    progress.advance(this.#done.size);
    if (this.#options.mode === 'sequential') await this.#oneAtATime(progress);
    else {
      const poll = setInterval(() => this.#read(), 200);
      await Promise.all(people.map((person) => this.#work(person, progress)));
      clearInterval(poll);
    }
    await this.#settle(SETTLE_MS.end);
    progress.done(`${this.#lines} lines`);
    this.#tail.close();
    for (const proxy of this.#proxies.values()) await proxy.close();
    const { causes } = this.#options;
    if (causes) naming(folder, () => cpSync(causes, join(folder, 'causes'), { recursive: true }));
    return write(true);
  }

  async #oneAtATime(progress: Progress): Promise<void> {
    for (const step of this.#options.steps) {
      if (this.#done.has(step.index)) continue;
      this.#read();
      const firstLine = this.#lines;
      this.#quiet.begin(Date.now());
      await this.#perform(step, firstLine);
      await this.#settle(0);
      progress.advance(1, `${this.#lines} lines`);
    }
  }

  async #work({ name }: Person, progress: Progress): Promise<void> {
    const own = this.#options.steps.filter(({ person, index }) => person === name && !this.#done.has(index));
    const [first] = this.#options.steps.filter(({ index }) => !this.#done.has(index));
    const begin = Date.now() - (first?.at ?? 0);
    for (const step of own) {
      await sleep(Math.max(step.pause ?? 100, begin + step.at - Date.now()));
      await this.#perform(step, null);
      progress.advance(1, `${this.#lines} lines`);
    }
  }

  async #perform(step: Step, firstLine: number | null): Promise<void> {
    const { id: capture, people, folder, kubectl } = this.#options;
    const proxy = this.#proxies.get(step.person)!;
    const id = `${capture}-${String(step.index).padStart(5, '0')}`;
    proxy.command = id;
    const csr = () => Buffer.from(certificateRequest('guest', 'guests').request).toString('base64');
    const fill = (text: string) => text.replaceAll('{csr}', csr);
    const start = Date.now();
    const cache = join(this.#cache, step.person);
    const { exit } = step.requests
      ? await sendRequests(step.requests, { url: proxy.url, pause: step.pause ?? 0 })
      : await runCommand({
          program: kubectl,
          argv: [
            ...['--server', proxy.url, '--cache-dir', cache, '-n', step.namespace],
            ...step.argv.map(fill),
          ],
          input: step.input === null ? null : fill(step.input),
          env: { KUBECONFIG: '/dev/null', HOME: this.#cache, ...step.env },
          seconds: step.seconds,
        });
    const row: ActionRow = {
      id,
      capture,
      index: step.index,
      person: step.person,
      role: people.find(({ name }) => name === step.person)!.role,
      action: step.action,
      namespace: step.namespace,
      argv: step.argv,
      start,
      end: Date.now(),
      exit,
      firstLine,
    };
    append(join(folder, 'actions.jsonl'), `${JSON.stringify(row)}\n`);
  }

  /** Takes what has come: keeps it, and listens whether somebody still works. */
  #read(): void {
    const now = Date.now();
    let text = '';
    for (const line of this.#tail.read()) {
      text += `${line}\n`;
      this.#lines++;
      this.#quiet.hear(JSON.parse(line) as AuditEvent, now);
    }
    if (text && this.#keeping) append(join(this.#options.folder, 'audit.jsonl'), text);
  }

  async #settle(least: number): Promise<void> {
    const begin = Date.now();
    for (;;) {
      this.#read();
      const now = Date.now();
      if ((now - begin >= least && this.#quiet.isQuiet(now)) || now - begin > SETTLE_MS.longest) return;
      await sleep(40);
    }
  }

  async #openDoors(access: Access): Promise<void> {
    const { people, kubectl, folder } = this.#options;
    const administrator = await AuditProxy.open(access, () => {});
    const accesses = await introducePeople({
      kubectl,
      url: administrator.url,
      access,
      people,
      cache: join(this.#cache, 'setup'),
    });
    await administrator.close();
    const trace = join(folder, 'trace.jsonl');
    for (const [name, own] of accesses)
      this.#proxies.set(
        name,
        await AuditProxy.open(own, (request) => append(trace, `${JSON.stringify(request)}\n`)),
      );
  }

  async #version(access: Access): Promise<string> {
    const proxy = await AuditProxy.open(access, () => {});
    const { output } = await runCommand({
      program: this.#options.kubectl,
      argv: ['--server', proxy.url, 'get', '--raw', '/version'],
      env: { KUBECONFIG: '/dev/null', HOME: this.#cache },
      seconds: 20,
    });
    await proxy.close();
    return output ? (JSON.parse(output) as { gitVersion: string }).gitVersion : 'unknown';
  }

  #info() {
    const { id, mode, shared, seed, people, nodes, policy } = this.#options;
    return { id, mode, shared, seed, people, nodes, kubectl: 'stock', ...(policy ? { policy } : {}) };
  }
}

const append = (path: string, text: string): void => naming(path, () => appendFileSync(path, text));
