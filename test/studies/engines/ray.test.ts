import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { RayEngine } from '../../../src/studies/engines/ray.js';
import type { Trial } from '../../../src/studies/expand.js';
import { temporaryFolders } from '../../fixtures/dataset.js';
import { finishTrial, runSmallStudy, smallStudy } from '../../fixtures/study.js';

const folders = temporaryFolders();
afterAll(folders.clear);

interface Submission {
  submission_id: string;
  entrypoint: string;
  entrypoint_num_cpus: number;
  entrypoint_num_gpus?: number;
  metadata: { key: string };
}

let server: Server | undefined;
afterEach(() => server?.close());

/** A dashboard that answers as Ray's does; `act` says how each job ends. */
async function dashboard(act: (job: Submission) => object) {
  const jobs = new Map<string, Submission>();
  const stopped: string[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const [, , , id = '', what] = request.url!.split('/');
      const reply = (value: object) => response.end(JSON.stringify(value));
      if (request.url === '/api/version') reply({ ray_version: '2.51.1' });
      else if (request.method === 'POST' && id === '') {
        const job = JSON.parse(body) as Submission;
        jobs.set(job.submission_id, job);
        reply({ submission_id: job.submission_id });
      } else if (what === 'stop') {
        stopped.push(id);
        reply({ stopped: true });
      } else if (what === 'logs') reply({ logs: 'starting\nstudies: expected more, got less.\n' });
      else reply({ message: null, driver_exit_code: null, ...act(jobs.get(id)!) });
    });
  });
  await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
  return { jobs, stopped, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const engine = (address: string, more: Partial<ConstructorParameters<typeof RayEngine>[0]> = {}) =>
  new RayEngine({
    address,
    workers: 2,
    device: 'auto',
    threads: 1,
    cpusPerTrial: 1,
    gpusPerTrial: 0,
    program: ['node', '/opt/it is/auditweave.mjs'],
    root: '/srv/auditweave',
    poll: 2,
    ...more,
  });

describe('RayEngine', () => {
  it('submits a job a trial, and takes what it left', async () => {
    const opened = await smallStudy(folders, 1);
    const byKey = new Map(opened.trials.map((trial): [string, Trial] => [trial.key, trial]));
    const { jobs, address } = await dashboard(({ metadata: { key } }) => {
      finishTrial(opened.dir, byKey.get(key)!);
      return { status: 'SUCCEEDED' };
    });
    const { outcome } = await runSmallStudy(opened, engine(address, { gpusPerTrial: 0.5 }));
    expect(outcome).toMatchObject({ done: 3, failed: 0 });
    const first = [...jobs.values()].find(({ metadata }) => metadata.key === opened.trials[0]!.key)!;
    expect(first).toMatchObject({ entrypoint_num_cpus: 1, entrypoint_num_gpus: 0.5 });
    expect(first.entrypoint).toBe(
      `cd /srv/auditweave && exec node '/opt/it is/auditweave.mjs' trial ${opened.dir}/trials/${first.metadata.key} --device auto --threads 1 --attempt 1`,
    );
  });

  it('submits again what was lost with its machine, more often than a fault of its own', async () => {
    const opened = await smallStudy(folders, 1);
    const lost = new Map<string, number>();
    const byKey = new Map(opened.trials.map((trial): [string, Trial] => [trial.key, trial]));
    const { address } = await dashboard(({ metadata: { key } }) => {
      const times = (lost.get(key) ?? 0) + 1;
      lost.set(key, times);
      if (times < 6) return { status: 'FAILED', message: 'Job supervisor actor died: its node is gone.' };
      finishTrial(opened.dir, byKey.get(key)!);
      return { status: 'SUCCEEDED' };
    });
    const { outcome } = await runSmallStudy(opened, engine(address));
    expect(outcome).toMatchObject({ done: 3, failed: 0 });
    expect([...lost.values()]).toEqual([6, 6, 6]);
  });

  it('records a trial that failed for good with its own words', async () => {
    const opened = await smallStudy(folders, 1);
    const { address } = await dashboard(() => ({
      status: 'FAILED',
      driver_exit_code: 42,
      message: 'exit 42',
    }));
    const { outcome, events } = await runSmallStudy(opened, engine(address));
    expect(outcome).toMatchObject({ done: 0, failed: 3 });
    expect(events.find(({ event }) => event === 'failed')).toMatchObject({
      message: 'studies: expected more, got less.',
    });
  });

  it('stops its jobs when the study is interrupted', async () => {
    const opened = await smallStudy(folders, 1);
    const stop = new AbortController();
    let looks = 0;
    const { stopped, address } = await dashboard(() => {
      if (++looks === 4) stop.abort();
      return { status: stopped.length === 2 ? 'STOPPED' : 'RUNNING' };
    });
    const { outcome } = await runSmallStudy(opened, engine(address), { signal: stop.signal });
    expect(outcome).toMatchObject({ done: 0, failed: 0, stopped: 'interrupted' });
    expect(stopped).toHaveLength(2);
  });

  it('refuses an address that is none', () => {
    expect(() => engine('127.0.0.1:8265')).toThrow(
      "studies: expected --address of Ray's dashboard, got “127.0.0.1:8265”.",
    );
  });
});
