/**
 * The same text in one piece. One that was put together holds its parts, which take several times the room, until a character of it is
 * asked for.
 *
 * @example flat(`${verb} ${kind} ${name}`)
 */
export function flat(text: string): string {
  return Number.isNaN(text.charCodeAt(0)) ? '' : text;
}
