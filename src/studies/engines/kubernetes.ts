import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { AuditweaveError } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import type { Trial } from '../expand.js';
import { readOutput } from '../trial-folder.js';
import type { StudyEngine, StudyWork } from './engine.js';

export interface KubernetesEngineOptions {
  /** An image with this program in its working directory: scripts/image/Dockerfile makes one. */
  image: string;
  namespace: string;
  /** A PersistentVolumeClaim that pods and this machine share: its root is the folder of results. */
  claim: string;
  /** Pods at once. */
  workers: number;
  threads: number | 'auto';
  cpusPerTrial: number;
  memoryPerTrial: string;
  /** GPUs (`nvidia.com/gpu`) a pod; 0 for none. */
  gpusPerTrial: number;
  /** Seconds to wait for records; 0 writes the manifest and ends. */
  wait: number;
  /** Milliseconds between two looks at the shared folder. Default 2000. */
  poll?: number;
  say: (text: string) => void;
}

/** Where pods find the results. */
const MOUNT = '/results';
/** Whom pods run as; the shared folder is made writable for this group where its storage allows it. */
const USER = 1000;
const RETRIES = 2;
const INDEX = 'index.json';
const MANIFEST = 'job.yaml';

/**
 * Runs trials as the pods of an Indexed Job [KUBERNETES-JOB]: index i of the Job is trial i of `index.json`. The manifest is written
 * beside the records, to be applied with kubectl by whoever may; records are taken from the shared folder as they come. The Job retries
 * an index by itself, but not one that ended with 42.
 */
export class KubernetesEngine implements StudyEngine {
  readonly name = 'kubernetes';
  readonly workers: number;
  readonly #options: KubernetesEngineOptions;

  constructor(options: KubernetesEngineOptions) {
    this.#options = options;
    this.workers = options.workers;
  }

  async run(work: StudyWork): Promise<void> {
    const trials: Trial[] = [];
    // All of them: the Job decides which run first.
    for (let trial = await work.peek(); trial !== null; trial = await work.peek()) trials.push(trial);
    const { dir, signal } = work;
    const { wait, poll = 2000, say } = this.#options;
    await writeFileAtomic(join(dir, INDEX), `${JSON.stringify(trials.map(({ key }) => key))}\n`);
    await writeFileAtomic(
      join(dir, MANIFEST),
      stringify(jobManifest(work.study, trials.length, this.#options)),
    );
    say(
      `studies: ${join(dir, MANIFEST)} runs ${trials.length} trials: kubectl apply -f ${join(dir, MANIFEST)}\n`,
    );
    const open = new Map(trials.map((trial) => [trial.key, trial]));
    const deadline = performance.now() + 1000 * wait;
    while (open.size > 0 && !signal.aborted && performance.now() < deadline) {
      for (const [key, trial] of open) {
        const output = await readOutput(work.trialFolder(key));
        if (!output) continue;
        open.delete(key);
        work.started(trial, 'pod');
        await work.ended(trial, {
          exit: output.record.status === 'done' ? 0 : 42,
          message: output.record.failure ?? '',
        });
      }
      if (open.size > 0) await sleep(poll);
    }
    for (const trial of open.values()) work.left(trial);
  }
}

/** The Job of a study's trials. */
export function jobManifest(
  study: string,
  trials: number,
  options: Omit<KubernetesEngineOptions, 'wait' | 'say' | 'poll'>,
): object {
  const { image, namespace, claim, workers, threads, cpusPerTrial, memoryPerTrial, gpusPerTrial } = options;
  const labels = { 'app.kubernetes.io/name': 'auditweave', 'app.kubernetes.io/component': 'study' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `study-${study}`, namespace, labels },
    spec: {
      completionMode: 'Indexed',
      completions: trials,
      parallelism: Math.min(workers, trials),
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: {
        rules: [
          { action: 'FailIndex', onExitCodes: { containerName: 'trial', operator: 'In', values: [42] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          // Time to finish a step and keep the checkpoint.
          terminationGracePeriodSeconds: 120,
          // What the Pod Security Standard `restricted` asks for; the user and group are those of scripts/image/Dockerfile.
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'trial',
              image,
              args: [
                ...['trial', `${MOUNT}/${study}`, '--index', '$(JOB_COMPLETION_INDEX)'],
                ...['--device', gpusPerTrial > 0 ? 'cuda' : 'cpu', '--threads', String(threads)],
              ],
              resources: {
                requests: { cpu: String(cpusPerTrial), memory: memoryPerTrial },
                limits: {
                  memory: memoryPerTrial,
                  ...(gpusPerTrial > 0 ? { 'nvidia.com/gpu': String(gpusPerTrial) } : {}),
                },
              },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'results', mountPath: MOUNT }],
            },
          ],
          volumes: [{ name: 'results', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/**
 * The folder of trial number `index` of a study's Job.
 *
 * @throws {AuditweaveError} There is no such number.
 */
export async function indexedTrial(dir: string, index: number): Promise<string> {
  let keys: unknown = [];
  try {
    keys = JSON.parse(await readFile(join(dir, INDEX), 'utf8'));
  } catch {
    // What is expected is said below.
  }
  const key = Array.isArray(keys) ? (keys[index] as unknown) : undefined;
  if (typeof key === 'string' && /^[0-9a-f]{16}$/.test(key)) return join(dir, 'trials', key);
  throw new AuditweaveError(`studies: expected trial ${index} in ${join(dir, INDEX)}, got none.`, {
    hint: 'The study command with --engine kubernetes writes it, together with the Job.',
  });
}
