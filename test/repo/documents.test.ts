import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointName } from '../../src/comparison/setting-names.js';
import { anySettingsSchema } from '../../src/settings/schema.js';
import { readSettings } from '../../src/settings/settings.js';
import { readStudyFile, STUDY_SCHEMA } from '../../src/studies/study.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'REFERENCES.md',
  'datasets/README.md',
  'results/README.md',
  'docs/architecture.md',
  'docs/packages.md',
  'docs/query.md',
];
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const sources = (readdirSync('src', { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => read(join('src', file)));

describe('the documents', () => {
  it.each(documents)('%s links to files that exist', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(resolve(dirname(document), link)))).toEqual([]);
  });

  it.each(documents)('%s names npm scripts that exist', (document) => {
    const named = [...read(document).matchAll(/npm run (?:-s )?([a-z-]+)/g)].map((match) => match[1]!);
    expect([...new Set(named)].filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('explain every reference key that a docstring cites', () => {
    const known = new Set(
      [...read('REFERENCES.md').matchAll(/^\*\*([A-Z][\w-]+)\*\*/gm)].map((match) => match[1]!),
    );
    const cited = new Set(
      sources.flatMap((source) =>
        [...source.matchAll(/^ ?\*.*$|^\s*\/\*\*.*$|^\s+\*.*$/gm)].flatMap((line) =>
          [
            ...line[0].matchAll(
              /\[([A-Z][A-Za-z]*\d{4}|K8NTEXT|KERAS|ONNX|DLMF|Okabe-Ito|OpenType)\b[^\]]*\]/g,
            ),
          ].map((m) => m[1]!),
        ),
      ),
    );
    expect([...cited].filter((key) => !known.has(key))).toEqual([]);
    expect(cited.size).toBeGreaterThan(5);
  });

  it('keep the README short', () => {
    expect(read('README.md').split(/\s+/).length).toBeLessThanOrEqual(900);
  });

  it('say nothing of one machine', () => {
    for (const document of documents) expect(read(document)).not.toMatch(/\/(root|home|Users|work)\//);
  });
});

describe('the files of experiments/', () => {
  it('have the schema that the code has', () => {
    expect(JSON.parse(read('experiments/config.schema.json'))).toEqual(anySettingsSchema());
    expect(JSON.parse(read('experiments/study.schema.json'))).toEqual(STUDY_SCHEMA);
  });

  it.each(readdirSync('experiments').filter((file) => file.endsWith('.config.yaml')))(
    '%s is valid',
    async (file) => {
      await expect(readSettings(join('experiments', file))).resolves.toHaveProperty('seed');
    },
  );

  it.each(readdirSync('experiments').filter((file) => file.endsWith('.study.yaml')))(
    '%s is valid, down to each of its trials',
    async (file) => {
      const { name } = await readStudyFile(join('experiments', file));
      expect(file).toBe(`${name}.study.yaml`);
    },
  );

  it.each(readdirSync('experiments').filter((file) => file.endsWith('.study.yaml')))(
    '%s has a negative control where it leaves columns out',
    async (file) => {
      const { points, controls } = await readStudyFile(join('experiments', file));
      const leavesOut = points.some((point) => [point['features.exclude'] ?? []].flat().length === 1);
      expect(controls.length > 0).toBe(leavesOut);
    },
  );

  it.each(readdirSync('experiments').filter((file) => file.endsWith('.study.yaml')))(
    '%s varies only settings that charts have words for',
    async (file) => {
      const { points } = await readStudyFile(join('experiments', file));
      const bare = points.filter((point) =>
        Object.keys(point).some((path) => pointName(point).includes(path)),
      );
      expect(bare).toEqual([]);
    },
  );
});
