import { readFileSync } from 'node:fs';
import { buildParserFile } from '@lezer/generator';
import { describe, expect, it } from 'vitest';

const FOLDER = 'src/contexts/query';

describe('the parser', () => {
  it('is made of the written grammar', () => {
    const grammar = readFileSync(`${FOLDER}/query.grammar`, 'utf8');
    const { parser } = buildParserFile(grammar, { fileName: 'query.grammar', typeScript: true });
    expect(readFileSync(`${FOLDER}/generated/parser.ts`, 'utf8'), 'npm run grammar').toBe(parser);
  });
});
