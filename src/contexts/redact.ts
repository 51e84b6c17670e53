import { type AuditEvent, isRecord, type JsonValue } from '../audit/event.js';
import { goJson } from '../audit/go-json.js';
import { jsonOf } from '../audit/wrappings/wrapping.js';
import type { Context, Trigger } from './context.js';

/** What stands where a secret was. */
export const REDACTED = 'REDACTED';

/** What stands before the points is bounded, for it is gone past again from each beginning that is none. */
const TOKEN = /eyJ[\w-]{8,4096}\.eyJ[\w-]{8,65536}\.[\w-]{8,}/g;
/** A token or a private key in base64 once more, as Secrets hold them. */
const ENCODED = /(?:ZXlK|LS0tLS1CRUdJTi)[\w+/=]{40,}/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const PARAMETER = /([?&](?:access_token|token|password|code)=)[^&]*/gi;
/** Keys of bodies whose value lets somebody in. */
const SECRET_KEYS = new Set(['token', 'bootstrapToken', 'password', 'clientSecret', 'stringData']);
const BODIES = new Set(['requestObject', 'responseObject']);
/** What each text has that there is something to redact in; letters that it escapes without need hide what they say. */
const SUSPICIOUS =
  /"Secret\\?"|"(?:token|bootstrapToken|password|clientSecret|stringData)\\?"\s*:|eyJ[\w-]{8}|ZXlK|LS0tLS1CRUdJTi|PRIVATE KEY|\\u00(?!3c|3e|26|[01])/;
/** The same of a request's path. */
const SUSPICIOUS_URI = /[?&](?:access_token|token|password|code)=/i;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An event without what must not be shown: the content of Secrets, tokens that were asked for or reviewed, and whatever looks like a
 * token or a private key anywhere else. Nothing else changes; the event itself is left as it is.
 *
 * @example redactEvent(event).responseObject // { kind: 'Secret', data: { password: 'REDACTED' }, … }
 */
export function redactEvent(event: AuditEvent): AuditEvent {
  const secret = event.objectRef?.resource === 'secrets';
  const parts = Object.entries(event).map(([key, part]) => {
    if (key === 'requestURI' && typeof part === 'string') return [key, redactUri(part)];
    if (BODIES.has(key) && typeof part === 'string') return [key, cleanBody(part, secret)];
    return [key, clean(part as JsonValue, secret && BODIES.has(key))];
  });
  return Object.fromEntries(parts) as AuditEvent;
}

/** A context as it is shown: its triggering event without what `redactEvent` takes out. */
export function redactContext(context: Context): Context {
  return { ...context, trigger: redactEvent(context.trigger as unknown as AuditEvent) as unknown as Trigger };
}

/**
 * The same of a line's text. A line without any secret comes back as it is; one with is written anew.
 *
 * @param event What the text says.
 * @example redactLine(text, event).includes('REDACTED') // true of `create secret`
 */
export function redactLine(text: string, event: AuditEvent): string {
  const { objectRef, requestURI: uri } = event;
  const suspicious =
    objectRef?.resource === 'secrets' ||
    (typeof uri === 'string' && SUSPICIOUS_URI.test(uri)) ||
    SUSPICIOUS.test(text);
  if (!suspicious) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return goJson(redactEvent(event));
  }
  const cleaned =
    isRecord(value) && isRecord(value.user)
      ? redactEvent(value as unknown as AuditEvent)
      : clean(value as JsonValue, event.objectRef?.resource === 'secrets');
  const [before, after] = [goJson(value), goJson(cleaned)];
  return before === after ? text : after;
}

/** A request's path without tokens. */
export function redactUri(uri: string): string {
  return redactText(uri).replace(PARAMETER, `$1${REDACTED}`);
}

/** A body that an exporter wrote as JSON text; what else stands for a secret's body is gone but for a name, as of one that was too large. */
function cleanBody(text: string, secret: boolean): string {
  const body = jsonOf(text);
  if (typeof body !== 'string') {
    const cleaned = clean(body as JsonValue, secret);
    return JSON.stringify(cleaned) === JSON.stringify(body) ? text : goJson(cleaned);
  }
  return secret && /[{"]/.test(text) ? REDACTED : redactText(text);
}

function clean(value: JsonValue, secret: boolean): JsonValue {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((one) =>
      secret && isPatchOfData(one) ? { ...one, value: REDACTED } : clean(one, secret),
    );
  const own = secret || value.kind === 'Secret';
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (own && (key === 'data' || key === 'stringData')) return [key, hide(part)];
      if (own && key === LAST_APPLIED) return [key, REDACTED];
      if (SECRET_KEYS.has(key) && typeof part === 'string' && part !== '') return [key, REDACTED];
      return [key, clean(part, own)];
    }),
  );
}

/** A step of a JSON patch, which names its place apart. */
function isPatchOfData(value: JsonValue): value is { [key: string]: JsonValue } {
  return isRecord(value) && typeof value.path === 'string' && /^\/(data|stringData)\b/.test(value.path);
}

/** The same keys, with nothing behind them. */
function hide(part: JsonValue): JsonValue {
  if (!isRecord(part)) return part === null ? null : REDACTED;
  return Object.fromEntries(Object.keys(part).map((key) => [key, part[key] === null ? null : REDACTED]));
}

/** A text without what looks like a token or a private key. */
export function redactText(text: string): string {
  if (text.length < 16) return text;
  const plain = text.includes('eyJ') ? text.replace(TOKEN, REDACTED) : text;
  const unkeyed = plain.includes('PRIVATE KEY') ? plain.replace(PRIVATE_KEY, REDACTED) : plain;
  return unkeyed.includes('ZXlK') || unkeyed.includes('LS0tLS1CRUdJTi')
    ? unkeyed.replace(ENCODED, REDACTED)
    : unkeyed;
}
