import { availableParallelism } from 'node:os';
import { AuditweaveError } from '../errors.js';
import { parseBudget } from '../studies/coordinator.js';
import type { StudyEngine } from '../studies/engines/engine.js';
import { KubernetesEngine } from '../studies/engines/kubernetes.js';
import { LocalEngine } from '../studies/engines/local.js';
import { RayEngine } from '../studies/engines/ray.js';
import { say } from './output.js';

/** Options of `study` that say where and how its trials run. */
export interface EngineArguments {
  workers: number | undefined;
  engine: 'local' | 'ray' | 'kubernetes';
  address: string;
  program: string | undefined;
  cpusPerTrial: number;
  gpusPerTrial: number;
  memoryPerTrial: string;
  image: string | undefined;
  namespace: string;
  claim: string;
  wait: string | undefined;
  device: 'auto' | 'cpu' | 'cuda';
  threads: string | undefined;
  gpus: string | undefined;
  trialsPerGpu: number;
}

/**
 * The engine that the options ask for.
 *
 * @throws {AuditweaveError} They do not fit each other.
 */
export function engineOf(options: EngineArguments): StudyEngine {
  const gpus = options.gpus?.split(',').filter(Boolean) ?? [];
  const slots = gpus.length > 0 ? gpus.length * options.trialsPerGpu : availableParallelism();
  const workers =
    options.workers ?? (options.device === 'cuda' && gpus.length === 0 ? options.trialsPerGpu : slots);
  if (!(Number.isInteger(workers) && workers > 0))
    throw new AuditweaveError(`study: expected --workers to be a positive integer, got ${workers}.`);
  const asked = options.threads ?? (workers > 1 ? '1' : 'auto');
  const threads = asked === 'auto' ? 'auto' : Number(asked);
  const { device, cpusPerTrial, gpusPerTrial, memoryPerTrial, namespace, claim } = options;
  if (options.engine === 'local') return new LocalEngine({ workers, device, threads, gpus });
  if (options.engine === 'ray')
    return new RayEngine({
      address: options.address,
      workers,
      device,
      threads,
      cpusPerTrial,
      gpusPerTrial,
      program: [process.execPath, options.program ?? process.argv[1]!],
      root: process.cwd(),
    });
  if (!options.image)
    throw new AuditweaveError('study: expected --image with --engine kubernetes, got none.', {
      hint: 'docker build -f scripts/image/Dockerfile -t NAME . makes one; push it where the cluster can pull it.',
    });
  return new KubernetesEngine({
    image: options.image,
    namespace,
    claim,
    workers,
    threads,
    cpusPerTrial,
    memoryPerTrial,
    gpusPerTrial,
    wait: options.wait === undefined ? 0 : parseBudget(options.wait),
    say,
  });
}
