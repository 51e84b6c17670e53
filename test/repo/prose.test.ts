import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { longLines, WIDTH, wrapMarkdown } from '../../scripts/wrap-markdown.js';

/** Pages that a script or a training writes, held by tests of their own. */
const MADE =
  /^(THIRD-PARTY\.md|datasets\/[\w-]+\/card\.md|src\/model\/pointer\/default\/card\.md|results\/reference\/.*)$/;
const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !MADE.test(file) && existsSync(file));

describe('the prose of documents', () => {
  it.each(pages)('%s wraps at the formatter’s width: npx tsx scripts/wrap-markdown.ts FILE', (page) => {
    expect(longLines(readFileSync(page, 'utf8'))).toEqual([]);
  });

  it('has the width of the formatter', () => {
    const biome = JSON.parse(readFileSync('biome.json', 'utf8')) as { formatter: { lineWidth: number } };
    expect(WIDTH).toBe(biome.formatter.lineWidth);
  });
});

describe('wrapping Markdown', () => {
  const words = 'nine letters '.repeat(20).trim();

  it('fills paragraphs and list items, each under its mark', () => {
    const [first, second] = wrapMarkdown(`- ${words}`).split('\n');
    expect(first).toMatch(/^- nine/);
    expect(second).toMatch(/^ {2}\S/);
    expect(longLines(wrapMarkdown(`${words}\n\n1. ${words}`))).toEqual([]);
  });

  it('keeps code, tables, headings, and what is short enough', () => {
    const kept = `# ${words}\n\n    ${words}\n\n| ${words} |\n\n\`\`\`\n${words}\n\`\`\`\nshort\nlines`;
    expect(wrapMarkdown(kept)).toBe(kept);
    expect(longLines(kept)).toEqual([]);
  });

  it('begins no line with a word that would be a mark', () => {
    for (let n = 80; n < 112; n++)
      expect(wrapMarkdown(`${'x'.repeat(n)} - and ${words}`)).not.toMatch(/\n- /);
  });

  it('does not count the addresses of links', () => {
    expect(longLines(`see [this](${'x'.repeat(200)}) and that`)).toEqual([]);
    expect(longLines(`${words}`)).toHaveLength(1);
  });
});
