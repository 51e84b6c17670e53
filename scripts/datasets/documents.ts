/**
 * Writes croissant.json (Croissant 1.1 with its responsible-AI terms) and datasheet.md (Gebru et al., Datasheets for datasets) of a dataset from its
 * manifest, its commands and the words in about.yaml. Numbers come from the manifest alone.
 *
 *     npx tsx scripts/datasets/documents.ts datasets/three-node datasets/first-light
 *
 * Checked by mlcroissant: scripts/datasets/check-croissant.py.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ActionRow } from '../../src/dataset/actions.js';
import { type Manifest, readManifest } from '../../src/dataset/manifest.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { readRows } from '../../src/files/rows.js';
import { wrapMarkdown } from '../wrap-markdown.js';

/** Keys of about.yaml, each a text but for `keywords`. */
const KEYS = [
  ...['description', 'motivation', 'composition', 'collection', 'annotation', 'preprocessing', 'uses'],
  ...['limitations', 'biases', 'sensitive', 'socialImpact', 'distribution', 'maintenance'],
] as const;
type About = Record<(typeof KEYS)[number], string> & { keywords: string[] };

const LICENCES: Record<string, string> = { 'Apache-2.0': 'https://spdx.org/licenses/Apache-2.0.html' };
const MIME: Record<string, string> = {
  'jsonl.gz': 'application/jsonlines',
  jsonl: 'application/jsonlines',
  tsv: 'text/tsv',
};

/** The documents of a dataset, by name of their file. */
export async function documentsOf(dir: string): Promise<Record<'croissant.json' | 'datasheet.md', string>> {
  const manifest = await readManifest(dir);
  const about = aboutOf(dir, manifest);
  const commands = readRows<Partial<ActionRow> & { started?: string }>(join(dir, 'actions.jsonl'));
  const times = commands.map(({ start, started }) => start ?? Date.parse(started!)).sort((a, b) => a - b);
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const days: [string, string] = [day(times[0]!), day(times.at(-1)!)];
  return {
    'croissant.json': `${JSON.stringify(croissant(manifest, about, days), null, 2)}\n`,
    'datasheet.md': wrapMarkdown(datasheet(manifest, about, days)),
  };
}

function aboutOf(dir: string, { counts }: Manifest): About {
  const said = parse(readFileSync(join(dir, 'about.yaml'), 'utf8')) as About;
  const filled = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = counts[name];
      if (value === undefined)
        throw new Error(`${dir}/about.yaml: expected a count of the manifest, got {${name}}.`);
      return value.toLocaleString('en-US');
    });
  for (const key of KEYS)
    if (typeof said[key] !== 'string') throw new Error(`${dir}/about.yaml: expected ${key}.`);
  return { ...said, ...Object.fromEntries(KEYS.map((key) => [key, filled(said[key]).trim()])) };
}

function croissant(manifest: Manifest, about: About, [first]: [string, string]): unknown {
  const files = Object.entries(manifest.files);
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    name: manifest.name,
    description: about.description,
    conformsTo: ['http://mlcommons.org/croissant/1.1', 'http://mlcommons.org/croissant/RAI/1.0'],
    license: LICENCES[manifest.licence] ?? manifest.licence,
    creator: { '@type': 'sc:Organization', name: 'the maintainers of auditweave' },
    dateCreated: first,
    version: '1.0.0',
    keywords: about.keywords,
    inLanguage: 'en',
    isLiveDataset: false,
    citeAs: 'See CITATION.cff of the project.',
    'rai:dataCollection': about.collection,
    'rai:dataCollectionType': ['Software Collection', 'Experiments'],
    'rai:dataCollectionTimeframe': first,
    'rai:dataAnnotationProtocol': about.annotation,
    'rai:dataPreprocessingProtocol': about.preprocessing,
    'rai:dataUseCases': about.uses,
    'rai:dataLimitations': about.limitations,
    'rai:dataBiases': about.biases,
    'rai:personalSensitiveInformation': about.sensitive,
    'rai:dataSocialImpact': about.socialImpact,
    'rai:dataReleaseMaintenancePlan': about.maintenance,
    'rai:hasSyntheticData': true,
    distribution: files.map(([name, { sha256, bytes }]) => ({
      '@type': 'cr:FileObject',
      '@id': name,
      name,
      description: FILES[name] ?? name,
      contentUrl: name,
      contentSize: `${bytes} B`,
      encodingFormat: MIME[name.slice(name.indexOf('.') + 1)] ?? 'application/octet-stream',
      sha256,
    })),
    recordSet: [
      recordSet(
        'events',
        'audit.jsonl.gz',
        'An audit event a line, as the API server wrote it; other fields stand in the file.',
        EVENT,
      ),
      recordSet('truth', 'truth.jsonl.gz', 'A row a line of the log, in the same order.', TRUTH),
      recordSet('commands', 'actions.jsonl', 'A row a command that was run.', COMMAND),
    ],
  };
}

/** What each file holds. */
const FILES: Record<string, string> = {
  'audit.jsonl.gz': 'The audit log, JSON lines, in order of arrival, all stages.',
  'truth.jsonl.gz': 'What caused each line: a row a line, in the same order.',
  'actions.jsonl': 'The commands that were run.',
  'review.tsv': 'Lines that were read one by one, with a verdict on their truth.',
};

type Fields = Record<string, [type: 'sc:Text' | 'sc:Integer' | 'sc:Boolean', description: string]>;
const EVENT: Fields = {
  auditID: ['sc:Text', 'Id of the request; its stages share it.'],
  stage: ['sc:Text', 'RequestReceived, ResponseStarted, ResponseComplete or Panic.'],
  verb: ['sc:Text', 'What was asked, as in create.'],
  requestURI: ['sc:Text', 'Where.'],
  requestReceivedTimestamp: ['sc:Text', 'RFC 3339.'],
};
const TRUTH: Fields = {
  line: ['sc:Integer', 'Line of the log, from 0.'],
  auditID: ['sc:Text', 'Id of the request.'],
  stage: ['sc:Text', 'Its stage.'],
  capture: ['sc:Text', 'The capture it is of.'],
  context: ['sc:Text', 'The context: one triggering event with every line it caused.'],
  trigger: ['sc:Boolean', 'Whether it is the triggering event’s line.'],
  background: ['sc:Boolean', 'Whether the control plane did it by itself.'],
  how: ['sc:Text', 'The rule that found the context; direct is exact.'],
  disputed: ['sc:Boolean', 'Whether two ways of finding it disagree.'],
};
const COMMAND: Fields = {
  id: ['sc:Text', 'Id of the command; a person, its words, times and exit code stand beside.'],
  capture: ['sc:Text', 'The capture it is of.'],
  person: ['sc:Text', 'Who ran it.'],
};

function recordSet(name: string, file: string, description: string, fields: Fields): unknown {
  return {
    '@type': 'cr:RecordSet',
    '@id': name,
    name,
    description,
    field: Object.entries(fields).map(([column, [dataType, about]]) => ({
      '@type': 'cr:Field',
      '@id': `${name}/${column}`,
      name: column,
      description: about,
      dataType,
      source: { fileObject: { '@id': file }, extract: { column } },
    })),
  };
}

/** The context of the specification, Croissant 1.1. */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  description: { '@container': '@language' },
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  name: { '@container': '@language' },
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

function datasheet(manifest: Manifest, about: About, [first, last]: [string, string]): string {
  const counted = Object.entries(manifest.counts).map(
    ([name, value]) => `| ${name} | ${value.toLocaleString('en-US')} |`,
  );
  const captures = manifest.captures.map(
    ({ id, people, kubernetes = manifest.kubernetes }) => `${id} (${people}, ${kubernetes})`,
  );
  const sections: [string, string[]][] = [
    ['Motivation', [about.motivation]],
    [
      'Composition',
      [
        about.composition,
        `| count | |\n|---|---:|\n${counted.join('\n')}`,
        `Captures, with people and Kubernetes version: ${captures.join(', ')}.`,
      ],
    ],
    [
      'Collection process',
      [
        about.collection,
        `Commands ran from ${first} to ${last}, by the clock of the machine. Policy: ${manifest.policy}.`,
      ],
    ],
    ['Preprocessing, cleaning, labelling', [about.preprocessing, about.annotation]],
    [
      'Uses',
      [
        about.uses,
        `**Limits.** ${about.limitations}`,
        `**Biases.** ${about.biases}`,
        `**Impact.** ${about.socialImpact}`,
      ],
    ],
    ['People in it', [about.sensitive]],
    [
      'Distribution',
      [
        `${about.distribution} Licence: ${manifest.licence}. Hashes of all files: [manifest.json](manifest.json).`,
      ],
    ],
    ['Maintenance', [about.maintenance]],
  ];
  return `# Datasheet: ${manifest.name}

${manifest.title}. In the form of Gebru et al., *Datasheets for datasets* (CACM 64(12), 2021). How it was made in detail, and its known faults: [card.md](card.md).

${sections.map(([title, parts]) => `## ${title}\n\n${parts.join('\n\n')}`).join('\n\n')}

Written by \`scripts/datasets/documents.ts\` from [about.yaml](about.yaml) and the manifest.
`;
}

if (process.argv[1]?.endsWith('documents.ts'))
  for (const dir of process.argv.slice(2))
    for (const [name, text] of Object.entries(await documentsOf(dir)))
      await writeFileAtomic(join(dir, name), text);
