import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { indexedTrial, jobManifest, KubernetesEngine } from '../../../src/studies/engines/kubernetes.js';
import type { TrialPlan } from '../../../src/studies/record.js';
import { temporaryFolders } from '../../fixtures/dataset.js';
import { runSmallStudy, smallStudy } from '../../fixtures/study.js';
import { recordOf } from '../../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const options = {
  image: 'registry.example/auditweave:1',
  namespace: 'research',
  claim: 'results',
  workers: 8,
  threads: 1,
  cpusPerTrial: 2,
  memoryPerTrial: '3Gi',
  gpusPerTrial: 1,
};

interface Manifest {
  metadata: { name: string; namespace: string };
  spec: {
    completions: number;
    parallelism: number;
    completionMode: string;
    backoffLimitPerIndex: number;
    podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] };
    template: { spec: { restartPolicy: string; containers: { args: string[]; resources: unknown }[] } };
  };
}

describe('jobManifest', () => {
  it('is an Indexed Job that retries an index, but not one that failed for good', () => {
    const { metadata, spec } = jobManifest('window-size', 105, options) as Manifest;
    expect(metadata).toMatchObject({ name: 'study-window-size', namespace: 'research' });
    expect(spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 105,
      parallelism: 8,
      backoffLimitPerIndex: 2,
    });
    expect(spec.podFailurePolicy.rules[0]).toMatchObject({
      action: 'FailIndex',
      onExitCodes: { values: [42] },
    });
    const [container] = spec.template.spec.containers;
    expect(container?.args.join(' ')).toBe(
      'trial /results/window-size --index $(JOB_COMPLETION_INDEX) --device cuda --threads 1',
    );
    expect(container?.resources).toEqual({
      requests: { cpu: '2', memory: '3Gi' },
      limits: { memory: '3Gi', 'nvidia.com/gpu': '1' },
    });
  });

  it('asks for no GPU, and uses none, when none is wanted', () => {
    const { spec } = jobManifest('split', 3, { ...options, gpusPerTrial: 0 }) as Manifest;
    const [container] = spec.template.spec.containers;
    expect(spec.parallelism).toBe(3);
    expect(JSON.stringify(container?.resources)).not.toContain('nvidia');
    expect(container?.args).toContain('cpu');
  });
});

describe('KubernetesEngine', () => {
  it('writes the Job and its index, and takes records as pods leave them', async () => {
    const opened = await smallStudy(folders, 1);
    const told: string[] = [];
    const engine = new KubernetesEngine({ ...options, wait: 60, poll: 5, say: (text) => told.push(text) });
    const running = runSmallStudy(opened, engine);
    while (told.length === 0) await new Promise((done) => setTimeout(done, 5));
    const keys = JSON.parse(readFileSync(join(opened.dir, 'index.json'), 'utf8')) as string[];
    expect(keys).toEqual(opened.trials.map(({ key }) => key));
    expect((parse(readFileSync(join(opened.dir, 'job.yaml'), 'utf8')) as Manifest).spec.completions).toBe(3);
    for (const [i, key] of keys.entries()) {
      const folder = await indexedTrial(opened.dir, i);
      expect(folder).toBe(join(opened.dir, 'trials', key));
      const { plan } = JSON.parse(readFileSync(join(folder, 'trial.json'), 'utf8')) as { plan: TrialPlan };
      const failed = { schema: 1, ...plan, status: 'failed', failure: 'no' };
      const record = i === 1 ? failed : recordOf(plan, 0.5);
      writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
    }
    expect((await running).outcome).toMatchObject({ done: 2, failed: 1, missing: [] });
    expect(told[0]).toContain('runs 3 trials: kubectl apply -f ');
  });

  it('ends at once when it is not to wait, and leaves the trials open', async () => {
    const opened = await smallStudy(folders, 1);
    const engine = new KubernetesEngine({ ...options, wait: 0, say: () => {} });
    expect((await runSmallStudy(opened, engine)).outcome).toMatchObject({ done: 0, failed: 0 });
  });
});

describe('indexedTrial', () => {
  it('refuses a number that is not there, and keys that are none', async () => {
    const dir = folders.make();
    await expect(indexedTrial(dir, 0)).rejects.toThrow(
      `studies: expected trial 0 in ${join(dir, 'index.json')}, got none.`,
    );
    mkdirSync(join(dir, 'trials'));
    writeFileSync(join(dir, 'index.json'), JSON.stringify(['../../other']));
    await expect(indexedTrial(dir, 0)).rejects.toThrow('got none');
  });
});
