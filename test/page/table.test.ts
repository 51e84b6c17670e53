import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from '../../src/page/html.js';
import { renderTable, type Table, toCsv } from '../../src/page/table.js';

const table: Table = {
  caption: 'Verbs <of> the log',
  columns: [{ name: 'verb' }, { name: 'lines', kind: 'number' }],
  rows: [
    ['create', { text: '1,812', value: 1812.25, note: '1,700–1,900' }],
    ['"get", or\nread', { text: '–', value: Number.NaN }],
    ['=1+1', '-'],
  ],
};

describe('HTML', () => {
  it('shows any text and runs none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('escapes what is put into a template, once', () => {
    const inner = html`<i>${'<b>'}</i>`;
    expect(html`<p>${inner}${[1, null, false, undefined, '&']}</p>`.text).toBe(
      '<p><i>&lt;b&gt;</i>1&amp;</p>',
    );
  });
});

describe('a table', () => {
  it('is written as CSV with unrounded numbers, quoted, and no formula', () => {
    expect(toCsv(table)).toBe(`verb,lines\r\ncreate,1812.25\r\n"""get"", or\nread",\r\n'=1+1,'-\r\n`);
  });

  it('shows marks of direction in CSV, and keeps letters and emoji', () => {
    const cells = { columns: [{ name: 'a\u202eb' }], rows: [['é 🙂\u2066']], caption: '' };
    expect(toCsv(cells)).toBe('a\\u202eb\r\né 🙂\\u2066\r\n');
  });

  it('has a caption, and heads for columns and rows', () => {
    const { text } = renderTable(table, { sortable: true });
    expect(text).toContain('<caption><span>Verbs &lt;of&gt; the log</span></caption>');
    expect(text).toContain(
      '<th scope="col" class="number" aria-sort="none"><button type="button">lines</button></th>',
    );
    expect(text).toContain('<th scope="row" class="text">create</th>');
    expect(text).toContain('<td class="number" data-value="1812.25">1,812<small>1,700–1,900</small></td>');
  });

  it('puts rows under their group', () => {
    const grouped = renderTable({
      caption: 'Runs',
      columns: [{ name: 'run' }, { name: 'what' }],
      grouped: true,
      rows: [
        ['a', 'x'],
        ['a', 'y'],
        ['b', 'x'],
      ],
    }).text;
    expect(grouped.match(/<tbody>/g)).toHaveLength(2);
    expect(grouped.match(/scope="rowgroup"/g)).toHaveLength(2);
    expect(grouped.match(/<th scope="row"/g)).toHaveLength(3);
  });
});
