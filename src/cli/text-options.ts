import type { TextOptions } from './contexts-text.js';

/** How wide lists may be here, and whether they have colours. */
export function textOptions(): TextOptions {
  const { isTTY, columns } = process.stdout;
  return {
    width: isTTY ? (columns ?? 80) : Number.POSITIVE_INFINITY,
    colour: Boolean(isTTY) && !process.env.NO_COLOR,
  };
}
