import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { documentsOf } from '../../scripts/datasets/documents.js';
import { readManifest } from '../../src/dataset/manifest.js';

const DATASETS = readdirSync('datasets')
  .map((name) => join('datasets', name))
  .filter((dir) => existsSync(join(dir, 'manifest.json')));

interface Croissant {
  '@context': Record<string, unknown>;
  conformsTo: string[];
  distribution: { '@id': string; sha256: string; contentUrl: string }[];
  recordSet: {
    field: {
      name: string;
      dataType: string;
      source: { fileObject: { '@id': string }; extract: { column: string } };
    }[];
  }[];
  [key: string]: unknown;
}

/** What NeurIPS asks of a dataset's responsible-AI terms, and what tells how it was made. */
const RESPONSIBLE = [
  ...['dataLimitations', 'dataBiases', 'personalSensitiveInformation', 'dataUseCases', 'dataSocialImpact'],
  ...['hasSyntheticData', 'dataCollection', 'dataAnnotationProtocol', 'dataPreprocessingProtocol'],
  'dataReleaseMaintenancePlan',
];

describe.each(DATASETS)('the documents of %s', (dir) => {
  const croissant = (): Croissant =>
    JSON.parse(readFileSync(join(dir, 'croissant.json'), 'utf8')) as Croissant;

  it('are those that its manifest gives: npx tsx scripts/datasets/documents.ts DIR', async () => {
    for (const [name, text] of Object.entries(await documentsOf(dir)))
      expect(readFileSync(join(dir, name), 'utf8')).toBe(text);
  });

  it('describe every file with its hash, in Croissant 1.1 with responsible-AI terms', async () => {
    const { files } = await readManifest(dir);
    const found = croissant();
    expect(found.conformsTo).toContain('http://mlcommons.org/croissant/1.1');
    expect(found.distribution.map(({ '@id': id, contentUrl, sha256 }) => [id, contentUrl, sha256])).toEqual(
      Object.entries(files).map(([name, { sha256 }]) => [name, name, sha256]),
    );
    for (const name of RESPONSIBLE) expect(found[`rai:${name}`]).toBeTruthy();
  });

  it('name fields that the files have, of the type that they say', () => {
    const types: Record<string, string> = {
      'sc:Text': 'string',
      'sc:Integer': 'number',
      'sc:Boolean': 'boolean',
    };
    for (const { field } of croissant().recordSet)
      for (const { dataType, source } of field) {
        const bytes = readFileSync(join(dir, source.fileObject['@id']));
        const text = source.fileObject['@id'].endsWith('.gz') ? gunzipSync(bytes) : bytes;
        const first = JSON.parse(text.subarray(0, text.indexOf(10)).toString('utf8')) as Record<
          string,
          unknown
        >;
        expect(typeof first[source.extract.column]).toBe(types[dataType]);
      }
  });

  it('leave no number to be filled in', () => {
    expect(readFileSync(join(dir, 'datasheet.md'), 'utf8')).not.toMatch(/\{\w+\}|undefined|NaN/);
  });
});
