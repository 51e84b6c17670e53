const VOID = new Set(['meta', 'br', 'hr', 'link', 'input', 'img', 'col']);

/** What is wrong with the nesting of a page's elements; empty when nothing is. */
export function nestingFaults(page: string): string[] {
  const bare = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').replace(/<!doctype html>/, '');
  const open: string[] = [];
  for (const [tag, slash, name, closed] of bare.matchAll(/<(\/?)([a-z][a-z0-9-]*)\b[^<>]*?(\/?)>/gi)) {
    if (closed || VOID.has(name!.toLowerCase())) continue;
    if (!slash) open.push(name!);
    else if (open.pop() !== name) return [`${tag} closes another element`];
  }
  return open.map((name) => `<${name}> is not closed`);
}

/** What a page would ask the network for. */
export function outsideReferences(page: string): string[] {
  return page.match(/https?:|"\/\/[a-z]|url\(|@import|<link|<img|<iframe|<object/gi) ?? [];
}

/** Ids that two elements of a page have. */
export function doubleIds(page: string): string[] {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  return ids.filter((id, i) => ids.indexOf(id) !== i);
}

/** Addresses of the files that a page links to. */
export function linksOf(page: string): string[] {
  return [...page.matchAll(/href="(?!#)([^"]*)"/g)].map(([, href]) => href!);
}
