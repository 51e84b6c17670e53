import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { CHART_FONT } from '../../page/colours.js';
import { escapeHtml } from '../../page/html.js';
import { type Face, fontFile, textWidth } from './font.js';

interface TextItem {
  text?: unknown;
  fontSize?: number;
  fontWeight?: string | number;
}

/** Vega's text measure, which its types leave out. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: TextItem, text: unknown) => number };
};

const silent = {
  level: () => silent,
  error: raise,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

function raise(...faults: readonly unknown[]): never {
  throw new Error(
    `reports: expected a chart that can be drawn with the data inside, got ${faults.join(' ')}.`,
  );
}

/**
 * Draws a chart as SVG. Text is measured with the chart font itself, so the layout is the same on every machine, and the
 * same spec gives the same bytes.
 *
 * @param spec Vega-Lite spec with its data inside.
 * @param options.label What the chart shows, for readers who do not see it: becomes `aria-label`.
 * @returns One `<svg>` element with `role="img"`.
 * @throws {Error} The spec loads a file, or cannot be drawn.
 * @example const svg = await toSvg(lossChart(history, { bestEpoch: 12 }), { label: 'Loss by epoch' });
 */
export async function toSvg(spec: TopLevelSpec, options: { label: string }): Promise<string> {
  textMetrics.width = (item, text) => textWidth(String(text ?? ''), item.fontSize ?? 11, faceOf(item));
  vega.resetSVGDefIds();
  const compiled = compile(spec, { logger: silent as never }).spec;
  const asked: string[] = [];
  const view = new vega.View(vega.parse(compiled), {
    renderer: 'none',
    loader: closedLoader(asked),
    logger: silent as never,
  });
  try {
    const svg = await view.toSVG();
    if (asked.length > 0) raise(`one that loads ${asked.join(', ')}`);
    return withoutAria(svg).replace('<svg ', `<svg role="img" aria-label="${escapeHtml(options.label)}" `);
  } finally {
    view.finalize();
  }
}

/**
 * Draws an SVG of `toSvg` as PNG, with the fonts of the package alone.
 *
 * @param options.scale Pixels of the image per px of the chart. Default 2.
 * @example await writeFile('loss.png', toPng(svg));
 */
export function toPng(svg: string, options: { scale?: number } = {}): Uint8Array {
  const drawing = new Resvg(svg.replaceAll(CHART_FONT, 'DejaVu Sans'), {
    fitTo: { mode: 'zoom', value: options.scale ?? 2 },
    background: '#ffffff',
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile('regular'), fontFile('bold')],
      defaultFontFamily: 'DejaVu Sans',
    },
  });
  return drawing.render().asPng();
}

/** A loader that loads nothing and notes what it was asked for: Vega only warns of data that did not come. */
function closedLoader(asked: string[]): vega.Loader {
  const refuse = async (uri: string): Promise<never> => {
    asked.push(uri);
    throw new Error(`refused to load ${uri}`);
  };
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse, options: {} } as never;
}

/** A drawing read out as one image needs no roles inside. */
function withoutAria(svg: string): string {
  return svg.replace(/<[a-z][^>]*>/g, (tag) => tag.replace(/ (role|aria-[a-z]+)="[^"]*"/g, ''));
}

function faceOf(item: TextItem): Face {
  return item.fontWeight === 'bold' || Number(item.fontWeight) >= 600 ? 'bold' : 'regular';
}
