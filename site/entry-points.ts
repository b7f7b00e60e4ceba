import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program imports, and the source of it. */
export interface EntryPoint {
  /** What stands behind `from`, e.g. `entitable/testing`. */
  readonly specifier: string;
  /** Its source file, absolute. */
  readonly source: string;
}

/** The entry points of the package in a folder, as its package.json exports them. */
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
