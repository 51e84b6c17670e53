import { Ajv, type Options } from 'ajv';

/**
 * What makes checks of the project's own schemas. That those are schemas is tested, and not asked again: it takes longer than all that is
 * checked with them.
 *
 * @example schemaCompiler({ allErrors: true }).compile<Settings>(schema)
 */
export const schemaCompiler = (options: Options = {}): Ajv =>
  new Ajv({ allowUnionTypes: true, ...options, validateSchema: false });
