import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An entry point of the package: its import specifier and its source file. */
export interface EntryPoint {
  /** Specifier of the import, e.g. `entitable/testing`. */
  readonly specifier: string;
  /** Absolute path of the source file. */
  readonly source: string;
}

/** Returns the entry points that the package.json of a folder exports. */
export function entryPoints(root: string): readonly EntryPoint[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : {
          specifier: join(name, path).replaceAll('\\', '/'),
          source: join(root, target.types.replace('./dist/', './').replace(/\.d\.ts$/, '.ts')),
        },
  );
}
