import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointName } from '../../src/comparison/setting-names.js';
import { anySettingsSchema } from '../../src/settings/schema.js';
import { readSettings } from '../../src/settings/settings.js';
import { readStudyFile, STUDY_SCHEMA } from '../../src/studies/study.js';

const read = (path: string): string => readFileSync(path, 'utf8');
/** Every document of people, and of the committed records. */
const documents = [
  '.',
  'datasets',
  'docs',
  'experiments',
  'notebooks',
  'scripts',
  'results/reference',
  'test/bench',
]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== '.', encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
  .concat('results/README.md', 'test/adversary/RESULTS.md');
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

  it.each(documents)('%s names scripts, folders and files in its commands that exist', (document) => {
    const commands = [
      ...read(document).matchAll(/`([^`]*\b(?:npx tsx|npm run|python)\s[^`]*)`|^ {4}(.*)$/gm),
    ].map(([, inline, block]) => (inline ?? block)!.replace(/\s#.*/, ''));
    const named = commands.flatMap((command) => [
      ...[...command.matchAll(/npx tsx ([\w/.-]+)/g)].map(([, path]) => path!),
      ...[...command.matchAll(/(?<![\w/.-])(?:experiments|datasets|results\/reference)\/[\w/.-]*/g)].map(
        ([path]) => path,
      ),
    ]);
    const wrong = named.filter(
      (path) => !existsSync(path) || (path.startsWith('scripts/') && !path.endsWith('.ts')),
    );
    expect(wrong.filter((path) => !/NAME|KEY|FOLDER/.test(path))).toEqual([]);
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
