import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { billOfMaterials, type Component, notice, npmComponents } from '../../scripts/sbom.js';

const schema = (name: string): object =>
  JSON.parse(readFileSync(`test/fixtures/cyclonedx/${name}.SNAPSHOT.schema.json`, 'utf8')) as object;
const bill = billOfMaterials() as { components: Component[] };

describe('the bill of materials', () => {
  it('is CycloneDX 1.6', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx', 'jsf-0.82'])
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    const validate = ajv.compile(schema('bom-1.6'));
    validate(bill);
    expect(validate.errors ?? []).toEqual([]);
    const [first] = bill.components;
    expect(validate({ ...bill, components: [{ ...first, type: 'thing' }] })).toBe(false);
  });

  it('names every package that package.json asks for, with its hash', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const [name, version] of Object.entries(dependencies)) {
      if (version.startsWith('file:')) continue;
      const found = bill.components.find((one) => one.name === name && one.version === version);
      expect([name, found?.scope, found?.hashes?.[0]?.alg]).toEqual([name, 'required', 'SHA-512']);
    }
  });

  it('names wheels, modules of Go, and what is derived', () => {
    const refs = bill.components.map((one) => one['bom-ref']);
    expect(refs).toContain('pkg:pypi/tensorflow-cpu@2.21.0');
    expect(refs.filter((ref) => ref.startsWith('pkg:golang/k8s.io/')).length).toBeGreaterThan(5);
    expect(refs).toContain('data:label-tables');
    expect(new Set(refs).size).toBe(refs.length);
  });

  it('tells what is needed to run from what is needed to develop, and counts a copy once', () => {
    const one = { version: '1.0.0', license: 'MIT' };
    const found = npmComponents({
      packages: {
        '': {},
        'node_modules/a': { ...one, dev: true },
        'node_modules/b/node_modules/a': one,
        'node_modules/@c/d': { ...one, license: '(MIT OR CC0-1.0)', optional: true },
      },
    });
    expect(found.map(({ purl, scope, licenses }) => [purl, scope, licenses])).toEqual([
      ['pkg:npm/a@1.0.0', 'required', [{ license: { id: 'MIT' } }]],
      ['pkg:npm/%40c/d@1.0.0', 'optional', [{ expression: '(MIT OR CC0-1.0)' }]],
    ]);
  });

  it('states a licence for every package that is installed to run', () => {
    const without = bill.components.filter(
      ({ scope, licenses, purl }) => scope !== 'excluded' && !licenses && purl?.startsWith('pkg:npm/'),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

it('THIRD-PARTY.md is what the script writes: npx tsx scripts/sbom.ts --notice > THIRD-PARTY.md', () => {
  expect(readFileSync('THIRD-PARTY.md', 'utf8')).toBe(notice());
});
