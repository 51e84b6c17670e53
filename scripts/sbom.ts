/**
 * Writes what the project is made of: a bill of materials (CycloneDX 1.6, JSON), or the notice of licences.
 *
 *     npx tsx scripts/sbom.ts > sbom.cdx.json        # npm run sbom
 *     npx tsx scripts/sbom.ts --notice > THIRD-PARTY.md
 *
 * It holds the packages of package-lock.json, the pinned wheels of TensorFlow and CUDA, the modules of the cluster's Go programs, and what is
 * bundled or derived. The same tree gives the same bytes: there is no time in it, and its number is a hash of its components.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { planFor } from '../src/native/wheels.js';

export interface Component {
  type: 'library' | 'data' | 'file' | 'application';
  'bom-ref': string;
  name: string;
  version?: string;
  description?: string;
  scope?: 'required' | 'optional' | 'excluded';
  hashes?: { alg: 'SHA-256' | 'SHA-512'; content: string }[];
  licenses?: ({ license: { id: string } | { name: string } } | { expression: string })[];
  purl?: string;
  copyright?: string;
}

interface LockedPackage {
  name?: string;
  version?: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
}

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string };

/** Bundled in the repository, or derived from somebody's work. */
const OWN: readonly Component[] = [
  {
    type: 'data',
    'bom-ref': 'data:label-tables',
    name: 'src/audit/resources.csv, src/audit/verbs.csv',
    description:
      'Ids of resources, subresources and verbs, so that labels can be compared with published ones. The ids are those of the table that [K8NTEXT] publishes; the columns and all else are our own.',
    copyright: 'The numbers are facts of the article; the article is its authors’ and its publisher’s.',
    licenses: [{ license: { name: 'Facts from a published article, cited' } }],
  },
  {
    type: 'data',
    'bom-ref': 'data:paper-results',
    name: 'experiments/paper-results.yaml',
    description: 'Numbers of the tables of [K8NTEXT], each with its table, to stand beside ours.',
    copyright: 'The numbers are facts of the article; the article is its authors’ and its publisher’s.',
    licenses: [{ license: { name: 'Facts from a published article, cited' } }],
  },
  ...['first-light', 'three-node'].map(
    (dataset): Component => ({
      type: 'data',
      'bom-ref': `data:${dataset}`,
      name: `datasets/${dataset}`,
      description:
        'Audit log of a cluster of our own, with truth. Its bodies hold objects that Kubernetes (Apache-2.0) makes.',
      licenses: [{ license: { id: 'Apache-2.0' } }],
    }),
  ),
  {
    type: 'file',
    'bom-ref': 'file:cyclonedx-schema',
    name: 'test/fixtures/cyclonedx',
    description: 'The JSON schema of CycloneDX 1.6, used in tests only.',
    scope: 'excluded',
    licenses: [{ license: { id: 'Apache-2.0' } }],
  },
];

/** Every package that npm installs; of several copies of one version, one. */
export function npmComponents(lock: { packages: Record<string, LockedPackage> }): Component[] {
  const found = new Map<string, Component>();
  for (const [path, one] of Object.entries(lock.packages)) {
    if (path === '' || one.link || !one.version || !path.includes('node_modules/')) continue;
    const own = one.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${own.replace('@', '%40')}@${one.version}`;
    const scope = one.dev ? 'excluded' : one.optional ? 'optional' : 'required';
    const known = found.get(purl);
    if (known && (known.scope === 'required' || scope === 'excluded')) continue;
    const licence = one.license ?? IN_LICENSE[own];
    found.set(purl, {
      type: 'library',
      'bom-ref': purl,
      name: own,
      version: one.version,
      scope,
      ...(one.integrity?.startsWith('sha512-') ? { hashes: [sha512(one.integrity)] } : {}),
      ...(licence ? { licenses: [licenceOf(licence)] } : {}),
      purl,
    });
  }
  return [...found.values()];
}

/** Licences that packages state in their LICENSE only. */
const IN_LICENSE: Record<string, string> = { 'typed-function': 'MIT' };

function licenceOf(text: string): NonNullable<Component['licenses']>[number] {
  if (/^\(?[\w.+-]+( (AND|OR|WITH) [\w.+-]+)+\)?$/.test(text)) return { expression: text };
  return { license: /^[\w.+-]+$/.test(text) ? { id: text } : { name: text } };
}

function sha512(integrity: string): { alg: 'SHA-512'; content: string } {
  const base64 = integrity.split(' ')[0]!.slice('sha512-'.length);
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}

/** The wheels of which TensorFlow's library is made, fetched when it is first used. */
export function wheelComponents(): Component[] {
  return [...planFor('cpu').wheels, ...planFor('cuda').wheels].map((wheel) => {
    const purl = `pkg:pypi/${wheel.name}@${wheel.version}`;
    const licence = wheel.name.startsWith('nvidia-')
      ? { name: 'NVIDIA software licence, in the wheel' }
      : { id: 'Apache-2.0' };
    return {
      type: 'library',
      'bom-ref': purl,
      name: wheel.name,
      version: wheel.version,
      scope: 'optional',
      description: 'Fetched by pip on first use; its licence lies beside the library in the cache.',
      hashes: [{ alg: 'SHA-256', content: wheel.sha256 }],
      licenses: [{ license: licence }],
      purl,
    };
  });
}

/** The modules of which `cluster` builds its programs, of every version of Kubernetes. */
export function goComponents(): Component[] {
  const versions = JSON.parse(read('scripts/cluster/versions.json')) as Record<string, unknown>;
  const files = Object.values(versions).flatMap((one) =>
    typeof one === 'object' ? [(one as { modfile: string }).modfile] : [],
  );
  const modules = new Set<string>();
  for (const file of files)
    for (const [, module, at] of read(`scripts/cluster/${file}`).matchAll(
      /^\s*(?:require )?([\w.-]+\.[\w./~-]+) (v[\w.+-]+)(?: \/\/ indirect)?$/gm,
    ))
      modules.add(`${module} ${at}`);
  return [...modules].sort().map((text) => {
    const [module, at] = text.split(' ') as [string, string];
    const purl = `pkg:golang/${module}@${at.replaceAll('+', '%2B')}`;
    return { type: 'library', 'bom-ref': purl, name: module, version: at, scope: 'optional', purl };
  });
}

/** The bill of materials of this tree. */
export function billOfMaterials(): object {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const components = [...npmComponents(lock), ...wheelComponents(), ...goComponents(), ...OWN].sort((a, b) =>
    a['bom-ref'] < b['bom-ref'] ? -1 : 1,
  );
  const hash = createHash('sha256')
    .update(JSON.stringify([name, version, components]))
    .digest('hex');
  const number = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${number.join('-')}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `pkg:npm/${name}@${version}`,
        name,
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
      lifecycles: [{ phase: 'pre-build' }],
    },
    components,
  };
}

const wordsOf = ({ licenses }: Component): string => {
  const [first] = licenses ?? [];
  if (!first) return 'not stated';
  if ('expression' in first) return first.expression;
  return 'id' in first.license ? first.license.id : first.license.name;
};

/** An item of a list, wrapped. */
const wrapped = (text: string): string => text.replaceAll(/(.{100,138}) /g, '$1\n  ');

/** What is bundled, derived or fetched, and under which licence: THIRD-PARTY.md. */
export function notice(): string {
  const { components } = billOfMaterials() as { components: Component[] };
  const own = components.filter(({ purl }) => !purl);
  const wheels = components.filter(({ purl }) => purl?.startsWith('pkg:pypi/'));
  const npm = components.filter(({ purl, scope }) => purl?.startsWith('pkg:npm/') && scope !== 'excluded');
  const byLicence = new Map<string, Component[]>();
  for (const one of npm) byLicence.set(wordsOf(one), [...(byLicence.get(wordsOf(one)) ?? []), one]);
  const groups = [...byLicence].sort(([, a], [, b]) => b.length - a.length);
  return `# What this project is made of

auditweave itself is under Apache-2.0: see [LICENSE](LICENSE). This page and the bill of materials (\`npm run sbom\`, CycloneDX 1.6) are written by
\`scripts/sbom.ts\`.

## In the repository

${own.map((one) => wrapped(`- **${one.name}** (${wordsOf(one)}): ${one.description}${one.copyright ? ` ${one.copyright}` : ''}`)).join('\n')}

## Fetched when TensorFlow is first used

Their licences lie beside the library, in \`licences/\` of the cache. The binding is compiled from the sources of \`@tensorflow/tfjs-node-gpu\`.

${wheels.map((one) => `- ${one.name} ${one.version} (${wordsOf(one)})`).join('\n')}

## Installed by npm

${groups.map(([licence, list]) => wrapped(`- **${licence}**, ${list.length}: ${list.map((one) => one.name).join(', ')}`)).join('\n')}

The programs of \`cluster\` are built on the user's machine from Kubernetes, etcd and CoreDNS (Apache-2.0) and the Go modules of
\`scripts/cluster/go.mod\`; none of them is distributed with this project.
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(
    process.argv[2] === '--notice' ? notice() : `${JSON.stringify(billOfMaterials(), null, 2)}\n`,
  );
