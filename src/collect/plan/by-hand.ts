import type { JsonValue } from '../../audit/event.js';
import { type Draw, type Job, moments, pick } from './jobs.js';
import { drawWord } from './names.js';

/** Custom objects by hand, and what their operator made of them. */
export function sites(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  const made: { name: string; home: string }[] = [];
  return [...moments(draw, 9)].map((at): Job => {
    const own = made.length > 0 ? pick(random, made) : null;
    const roll = random.next();
    if (!own || roll < 0.3) {
      const site = { name: name(), home: pick(random, homes) };
      made.push(site);
      const spec = { replicas: 1 + random.integer(2), title: drawWord(random), image: 'nginx:1.27' };
      const manifest = {
        apiVersion: 'shop.example.com/v1',
        kind: 'Site',
        metadata: { name: site.name },
        spec,
      };
      return {
        action: 'sites/create',
        at,
        namespace: site.home,
        argv: ['create', '-f', '-'],
        input: JSON.stringify(manifest),
      };
    }
    const job = (action: string, argv: string[]): Job => ({ action, at, namespace: own.home, argv });
    const merge = (spec: JsonValue): string[] => [
      'patch',
      'site',
      own.name,
      '--type=merge',
      '-p',
      JSON.stringify({ spec }),
    ];
    if (roll < 0.45) return job('sites/scale', merge({ replicas: 1 + random.integer(3) }));
    if (roll < 0.6) return job('sites/retitle', merge({ title: drawWord(random) }));
    if (roll < 0.7) return job('deployments/delete', ['delete', 'deployment', own.name, '--wait=false']);
    if (roll < 0.78)
      return job('pods/delete-selected', [
        'delete',
        'pods',
        '-l',
        `app.kubernetes.io/name=${own.name}`,
        '--wait=false',
      ]);
    if (roll < 0.86) return job('sites/get', ['get', 'site', own.name, '-o', 'yaml']);
    made.splice(made.indexOf(own), 1);
    return job('sites/delete', ['delete', 'site', own.name, '--wait=false']);
  });
}

/** An operator of the cluster who does things in another's name. */
export function inAnothersName(draw: Draw): Job[] {
  const { random, homes, name } = draw;
  const apps: { name: string; home: string }[] = [];
  return [...moments(draw, 11)].map((at): Job => {
    const as = ['--as=dev-b', '--as-group=developers'];
    const own = apps.length > 0 ? pick(random, apps) : null;
    const roll = random.next();
    if (!own || roll < 0.35) {
      const app = { name: name(), home: pick(random, homes) };
      apps.push(app);
      const argv = [...as, 'create', 'deployment', app.name, '--image=nginx:1.27'];
      return { action: 'deployments/create', at, namespace: app.home, argv };
    }
    const job = (action: string, argv: string[]): Job => ({ action, at, namespace: own.home, argv });
    if (roll < 0.55)
      return job('deployments/scale', [
        ...as,
        'scale',
        'deployment',
        own.name,
        `--replicas=${1 + random.integer(3)}`,
      ]);
    if (roll < 0.65) return job('deployments/restart', ['rollout', 'restart', `deployment/${own.name}`]);
    if (roll < 0.75) return job('pods/list', [...as, 'get', 'pods']);
    if (roll < 0.85)
      return job('deployments/image', [
        ...as,
        'set',
        'image',
        `deployment/${own.name}`,
        `*=nginx:1.2${random.integer(8)}`,
      ]);
    apps.splice(apps.indexOf(own), 1);
    return job('deployments/delete', [...as, 'delete', 'deployment', own.name, '--wait=false']);
  });
}
