import { formatSeconds } from '../progress.js';
import type { Interval } from '../runs/record.js';

/** @example score(0.98204) // '0.982' */
export function score(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

/** @example signed(-0.0312) // '−0.031' */
export function signed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** @example capital('strict macro F1') // 'Strict macro F1' */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** @example percent(0.9827) // '98.3 %' */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
}

/** @example count(18478) // '18,478' */
export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–';
}

/** @example rangeText(2, 4), rangeText(1, 1), rangeText(100, Infinity) // '2 to 4', '1', '100 and more' */
export function rangeText(from: number, to: number): string {
  if (!Number.isFinite(to)) return `${from} and more`;
  return from === to ? String(from) : `${from} to ${to}`;
}

/** @example counted(1, 'value'), counted(7, 'value') // '1 value', '7 values' */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** @example range({ low: 0.97, high: 0.99, … }) // '0.970–0.990' */
export function range(interval: Interval): string {
  if (!Number.isFinite(interval.low) || !Number.isFinite(interval.high)) return 'no interval';
  return `${score(interval.low)}–${score(interval.high)}`;
}

/** @example duration(125) // '2 min 05 s' */
export function duration(seconds: number): string {
  return Number.isFinite(seconds) ? formatSeconds(seconds) : '–';
}

/** @example bytes(8_348_459_008) // '7.8 GiB' */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(1, value)) / 10), units.length - 1);
  return power === 0 ? `${value} B` : `${(value / 2 ** (10 * power)).toFixed(1)} ${units[power]}`;
}
