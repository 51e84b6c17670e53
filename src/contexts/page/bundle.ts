import { fileURLToPath } from 'node:url';

/**
 * The page's script, of the TypeScript beside this file: one text that needs nothing else.
 *
 * @throws {Error} The script does not compile, which is a fault of the program.
 */
export async function bundleScript(): Promise<string> {
  // Loaded late: only a page needs it.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./browser/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  // An end tag within a text of the script would end it.
  return outputFiles[0]!.text.replaceAll('</script', '<\\/script');
}
