/** Characters of a time to the microsecond, and of its minute. */
const [LENGTH, MINUTE] = [27, 16] as const;
const [COLON, POINT, Z, ZERO] = [0x3a, 0x2e, 0x5a, 0x30] as const;

/** The minute that was read last: times of a log that follow each other are of the same, so that a date is seldom read. */
let minute = '';
let begin = 0;

/**
 * A point in time, RFC 3339, in whole microseconds since 1970; what is finer is cut off.
 *
 * @returns NaN for a text that is none.
 * @example microsOf('1970-01-01T00:00:01.000002Z') // 1000002
 */
export function microsOf(time: string): number {
  const micros = isPlain(time)
    ? digits(time, MINUTE + 1, 19) * 1e6 + digits(time, 20, LENGTH - 1)
    : Number.NaN;
  if (!(micros < 60e6)) return anyMicros(time);
  if (!time.startsWith(minute) || minute === '') {
    minute = time.slice(0, MINUTE);
    begin = 1000 * Date.parse(`${minute}:00Z`);
  }
  return begin + micros;
}

/** Whether the time has the form in which the API server writes it, as far as that is where its parts stand. */
function isPlain(time: string): boolean {
  return (
    time.length === LENGTH &&
    time.charCodeAt(LENGTH - 1) === Z &&
    time.charCodeAt(MINUTE) === COLON &&
    time.charCodeAt(19) === POINT
  );
}

/** NaN when one is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}

function anyMicros(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const whole = Date.parse(time.replace(/\.\d+/, ''));
  return whole * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
