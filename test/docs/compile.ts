import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT, type Guide } from './guide.js';

/** A folder below dist, from which imports of the package's own name resolve. */
const FOLDER = join(ROOT, 'dist', 'docs');

/** Returns the path of a guide's compiled program. */
export function compiled({ name }: Guide): string {
  return join(FOLDER, `${name}.js`);
}

/**
 * Compiles the programs of guides with this project's own options. Returns the compiler's errors, with the line numbers
 * of the pages.
 */
export function compile(guides: readonly Guide[]): readonly string[] {
  mkdirSync(FOLDER, { recursive: true });
  const pages = new Map(guides.map((guide) => [join(FOLDER, `${guide.name}.ts`), guide]));
  for (const [file, { program }] of pages) writeFileSync(file, program);
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    readonly config: { readonly compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const {
    outDir: _outDir,
    tsBuildInfoFile: _tsBuildInfoFile,
    ...kept
  } = { ...options, incremental: false, declaration: false, declarationMap: false, noUnusedLocals: false };
  const program = ts.createProgram([...pages.keys()], kept);
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (file === undefined || start === undefined) return text;
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    return `${pages.get(file.fileName)?.page ?? relative(ROOT, file.fileName)}:${line} ${text}`;
  });
}
