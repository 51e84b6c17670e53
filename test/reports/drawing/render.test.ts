import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barChart } from '../../../src/reports/charts/bar.js';
import { shorten, textWidth } from '../../../src/reports/drawing/font.js';
import { placeLabels } from '../../../src/reports/drawing/placement.js';
import { toPng, toSvg } from '../../../src/reports/drawing/render.js';
import { logTicks } from '../../../src/reports/drawing/scale.js';
import { shortNames } from '../../../src/reports/drawing/short-names.js';

describe('text of charts', () => {
  it('is as wide as the font says', () => {
    // Advance of m in DejaVu Sans: 1995 of 2048 units.
    expect(textWidth('mmmm', 11)).toBeCloseTo((4 * 1995 * 11) / 2048, 10);
    expect(textWidth('m', 11, 'bold')).toBeGreaterThan(textWidth('m', 11));
    expect(textWidth('', 11)).toBe(0);
  });

  it('is never wider than its limit once shortened', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 20, max: 200 }),
        (text, limit) => {
          expect(textWidth(shorten(text, limit, 11), 11)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('loses its middle, not its ends', () => {
    expect(shorten('create coordination.k8s.io/leases', 120, 11)).toMatch(/^create.*….*leases$/);
  });
});

describe('short names', () => {
  const options = { limit: 1000, size: 11 };
  it('leave out group and counts where they stay apart', () => {
    const texts = [
      'patch coordination.k8s.io/leases (one, namespaced)',
      'get events (one, namespaced)',
      'get events.k8s.io/events (one, namespaced)',
      'get pods (one, namespaced)',
      'get pods (many, namespaced)',
      'delete apps/replicasets (one, namespaced)',
      'update pods/status (one, namespaced)',
    ];
    const names = shortNames(texts, options);
    expect(texts.map((text) => names.get(text))).toEqual([
      'patch leases',
      'get events',
      'get events.k8s.io/events',
      'get pods (one, namespaced)',
      'get pods (many, namespaced)',
      'delete replicasets',
      'update pods/status',
    ]);
  });

  it('are as many as the names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (texts) => {
        expect(new Set(shortNames(texts, { limit: 40, size: 11 }).values()).size).toBe(texts.length);
      }),
    );
  });
});

describe('marks of a log axis', () => {
  it('are round', () => {
    expect(logTicks(0.03, 2)).toEqual([0.03, 0.1, 0.3, 1]);
    expect(logTicks(60, 500_000)).toEqual([100, 1000, 10_000, 100_000]);
    expect(logTicks(0.0011, 0.0019)).toEqual([0.0011, 0.0019]);
  });

  it('are two or more, between the ends', () => {
    const end = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(end, end, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = logTicks(low, high);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(Math.min(...ticks)).toBeGreaterThanOrEqual(low);
        expect(Math.max(...ticks)).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('refuse an end of 0', () => {
    expect(() => logTicks(0, 1)).toThrow('reports: expected the ends of a log axis above 0, got 0 and 1.');
  });
});

describe('placed labels', () => {
  const point = fc.record({
    text: fc.constantFrom('get pods 0.50', 'list limitranges 0.95', 'update apps/replicasets 0.96'),
    x: fc.integer({ min: 0, max: 430 }),
    y: fc.integer({ min: 0, max: 320 }),
    radius: fc.integer({ min: 2, max: 10 }),
  });

  it('lie inside the plot, never on each other or on a disc', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), (anchors) => {
        const placed = placeLabels(anchors, { width: 430, height: 320, fontSize: 10.5, obstacles: anchors });
        for (const [i, a] of placed.entries()) {
          expect(a.left).toBeGreaterThanOrEqual(0);
          expect(a.left + textWidth(a.text, 10.5)).toBeLessThanOrEqual(430);
          for (const { x, y } of anchors) {
            const under = x > a.left && x < a.left + textWidth(a.text, 10.5) && Math.abs(y - a.middle) < 5;
            expect(under).toBe(false);
          }
          for (const b of placed.slice(i + 1)) {
            const apart =
              a.left + textWidth(a.text, 10.5) < b.left ||
              b.left + textWidth(b.text, 10.5) < a.left ||
              Math.abs(a.middle - b.middle) > 10.5;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });
});

describe('drawing', () => {
  const chart = barChart([{ name: '</text><script>alert(1)</script>&"\'\u0000', value: 3 }], {
    title: '<b>hostile</b>',
  });

  it('escapes hostile names', async () => {
    const svg = await toSvg(chart, { label: '"><script>alert(2)</script>' });
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<b>');
    expect(svg).not.toContain('\u0000');
    expect(svg).toContain('&lt;script&gt;');
  });

  it('gives a PNG at twice the size, with its text though no system font is read', async () => {
    const svg = await toSvg(chart, { label: 'hostile' });
    const png = Buffer.from(toPng(svg));
    const width = Number(/ width="(\d+)"/.exec(svg)![1]);
    expect(png.toString('latin1', 1, 4)).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2 * width);
    const blank = toPng(svg.replace(/<text[^>]*>.*?<\/text>/gs, ''));
    expect(png.length).toBeGreaterThan(1.5 * blank.length);
    expect(png.equals(toPng(svg))).toBe(true);
  });

  it('refuses a chart that would load something', async () => {
    const spec = { ...chart, data: { url: 'https://example.org/rows.json' } };
    await expect(toSvg(spec as typeof chart, { label: 'remote' })).rejects.toThrow(
      'reports: expected a chart that can be drawn with the data inside, got one that loads https://example.org/rows.json.',
    );
  });
});
