import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Application, type ProjectReflection, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { entryPoints } from './entry-points.js';
import { undocumented } from './undocumented.js';

/**
 * Helper types that appear only inside other types. The name of each explains it there, and applications never write
 * it.
 */
const STEPS_OF_TYPES = [
  'CheckCreate',
  'CheckDefault',
  'CheckMark',
  'CheckOptions',
  'ContextOf',
  'DataName',
  'DecoratorOf',
  'EntityAssignment',
  'EntityKey',
  'EntityPartition',
  'EntityPatch',
  'EqualValue',
  'Forbidden',
  'Getter',
  'IndexKey',
  'IndexMistake',
  'IsUnion',
  'KeyNames',
  'KeysOf',
  'KindName',
  'Literals',
  'MarkOf',
  'MarkedName',
  'Misnamed',
  'Mistyped',
  'NoMethod',
  'Operand',
  'OperatorFor',
  'Properties',
  'RequiredName',
  'SortableName',
  'SpecOf',
  'TypeOfProperty',
  'UniqueKey',
  'MissingMarks',
  'ValueName',
  'ValueOf',
  'Values',
  'Widened',
];

/**
 * Writes a page for every public symbol into a folder, and `navigation.json`, the tree of these pages. Returns the
 * problems found: symbols without documentation, types that no entry point exports, and broken links between symbols.
 */
export async function writeApi(root: string, output: string): Promise<readonly string[]> {
  const entries = entryPoints(root);
  const options: Partial<TypeDocOptions & PluginOptions> = {
    name: 'API',
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(({ source }) => source),
    out: output,
    navigationJson: join(output, 'navigation.json'),
    readme: 'none',
    tsconfig: join(root, 'site/sources.tsconfig.json'),
    basePath: root,
    disableSources: true,
    skipErrorChecking: true, // the build has checked them
    excludeInternal: true,
    excludeExternals: true,
    hideGenerator: true,
    hidePageHeader: true,
    entryFileName: 'index',
    indexFormat: 'table',
    parametersFormat: 'table',
    intentionallyNotExported: STEPS_OF_TYPES,
    validation: { invalidLink: true, invalidPath: true, notDocumented: false, notExported: true },
  };
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the sources: see above.');
  nameModules(project, new Map(entries.map(({ source, specifier }) => [source, specifier])));
  app.validate(project);
  await app.generateOutputs(project);
  renamePagesOfIndex(output);
  const warnings = app.logger.errorCount + app.logger.warningCount;
  return [
    ...undocumented(project).map((symbol) => `No doc comment: ${symbol}`),
    ...(warnings > 0 ? [`${warnings} warnings of TypeDoc: see above`] : []),
  ];
}

/**
 * Gives the page of the interface `Index` another file name. The generator of the site takes `Index.md` for the start
 * page of its folder, whatever its case, and then finds no page behind the links to it.
 */
function renamePagesOfIndex(output: string): void {
  for (const entry of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    const file = join(output, entry);
    if (!/\.(md|json)$/.test(entry)) continue;
    const text = readFileSync(file, 'utf8');
    const linked = text.replaceAll(/(?<=[(/])Index\.md\b/g, 'IndexInterface.md');
    if (linked !== text) writeFileSync(file, linked);
    if (basename(entry) === 'Index.md') renameSync(file, join(dirname(file), 'IndexInterface.md'));
  }
}

/** Names each module by its import specifier. */
function nameModules(project: ProjectReflection, specifiers: ReadonlyMap<string, string>): void {
  for (const module of project.children ?? []) {
    const file = project.files.getReflectionPath(module) ?? '';
    module.name = specifiers.get(file) ?? module.name;
  }
}
