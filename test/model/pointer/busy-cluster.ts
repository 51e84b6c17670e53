import type { AuditEvent } from '../../../src/audit/event.js';
import { randomStream } from '../../../src/random.js';
import { ACCOUNT, tell } from './events.js';

/** Names that live at once, and pods of each. */
const APPS = 2_000;

/**
 * A busy cluster without end: people and pipelines make, change and remove workloads in namespaces that come and go, controllers and kubelets
 * follow, every object has a name and a uid of its own. 50 lines a second of log time.
 */
export function* busyCluster(lines: number, seed = 1): Generator<AuditEvent> {
  const random = randomStream(seed, 'busy cluster');
  const generation = new Int32Array(APPS);
  let line = 0;
  const at = (): number => line++ * 20;
  while (line < lines) {
    const app = random.integer(APPS);
    const space = `space-${Math.floor(app / 20)}-${Math.floor(line / 2_000_000)}`;
    const name = `app-${app}-${generation[app]!}`;
    const pod = `${name}-${random.integer(1e9).toString(36)}`;
    const user = `person-${random.integer(500)}`;
    const kubelet = `system:node:n${random.integer(300)}`;
    const body = (of: string, owner?: string) => ({
      kind: 'X',
      metadata: {
        uid: `uid-${of}`,
        name: of,
        ...(owner ? { ownerReferences: [{ kind: 'X', uid: `uid-${owner}` }] } : {}),
      },
      spec: { at: line },
    });
    yield tell({ at: at(), user, verb: 'get', on: 'apps/deployments', in: space, name });
    if (random.next() < 0.3) {
      yield tell({ at: at(), user, verb: 'delete', on: 'apps/deployments', in: space, name });
      yield tell({
        at: at(),
        user: `${ACCOUNT}generic-garbage-collector`,
        verb: 'delete',
        on: 'pods',
        in: space,
        name: pod,
      });
      generation[app]!++;
      continue;
    }
    yield tell({ at: at(), user, verb: 'patch', on: 'apps/deployments', in: space, name, body: body(name) });
    yield tell({
      at: at(),
      user: `${ACCOUNT}replicaset-controller`,
      verb: 'create',
      on: 'pods',
      in: space,
      name: pod,
      body: body(pod, name),
    });
    yield tell({
      at: at(),
      user: 'system:kube-scheduler',
      verb: 'create',
      on: 'pods/binding',
      in: space,
      name: pod,
    });
    yield tell({ at: at(), user: kubelet, verb: 'patch', on: 'pods/status', in: space, name: pod });
    yield tell({
      at: at(),
      user: kubelet,
      verb: 'create',
      on: 'events',
      in: space,
      name: `${pod}.${line.toString(16)}`,
    });
    yield tell({ at: at(), user: kubelet, verb: 'patch', on: 'nodes/status', name: kubelet.slice(12) });
  }
}
