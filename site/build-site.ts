import { Application, Renderer, type ProjectReflection } from 'typedoc';
import { join } from 'node:path';
import { brokenLinks } from './broken-links.js';
import { entryPoints } from './entry-points.js';
import { navigation, type Page } from './navigation.js';
import { undocumented } from './undocumented.js';

/** Steps of a type that its name explains where it is used; nobody writes them. */
const STEPS_OF_TYPES = [
  'CheckCreate',
  'CheckDefault',
  'CheckMark',
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
  'IsUnion',
  'KindName',
  'Literals',
  'MarkOf',
  'MarkedName',
  'Misnamed',
  'Mistyped',
  'NoMethod',
  'Operand',
  'Operator',
  'Properties',
  'RequiredName',
  'SortableName',
  'TypeOfProperty',
  'Unsaid',
  'ValueName',
  'ValueOf',
  'Values',
  'Widened',
];

/**
 * Builds the site of the package in a folder: the README, the guides and every public symbol. Gives what is wrong with it: symbols that
 * nothing documents, types that no entry point exports, links that lead nowhere.
 */
export async function buildSite(root: string, output: string): Promise<readonly string[]> {
  const entries = entryPoints(root);
  const pages = navigation(root).flatMap((section) => section.pages);
  const app = await Application.bootstrap({
    name: 'Entitable',
    entryPoints: entries.map(({ source }) => source),
    projectDocuments: pages.map(({ file }) => join(root, file)),
    readme: join(root, 'README.md'),
    tsconfig: join(root, 'site/sources.tsconfig.json'),
    basePath: root,
    disableSources: true,
    skipErrorChecking: true, // the build has done it
    excludeInternal: true,
    excludeExternals: true,
    hideGenerator: true,
    githubPages: false,
    includeVersion: true,
    searchInDocuments: true,
    ignoredHighlightLanguages: ['mermaid'],
    intentionallyNotExported: STEPS_OF_TYPES,
    validation: { invalidLink: true, invalidPath: true, notDocumented: false, notExported: true },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the sources: see above.');
  nameModules(project, new Map(entries.map(({ source, specifier }) => [source, specifier])));
  // After the addresses of the pages are made of the files' names.
  app.renderer.on(Renderer.EVENT_BEGIN, () => nameGuides(project, pages));
  app.validate(project);
  await app.generateDocs(project, output);
  const warnings = app.logger.errorCount + app.logger.warningCount;
  return [
    ...undocumented(project).map((symbol) => `No doc comment: ${symbol}`),
    ...brokenLinks(output).map((link) => `Broken link: ${link}`),
    ...(warnings > 0 ? [`${warnings} warnings of TypeDoc: see above`] : []),
  ];
}

/** Modules are called what programs import. */
function nameModules(project: ProjectReflection, specifiers: ReadonlyMap<string, string>): void {
  for (const module of project.children ?? []) {
    const file = project.files.getReflectionPath(module) ?? '';
    module.name = specifiers.get(file) ?? module.name;
  }
}

/** Guides are called what the index calls them. */
function nameGuides(project: ProjectReflection, pages: readonly Page[]): void {
  for (const [index, guide] of (project.documents ?? []).entries()) guide.name = pages[index]?.title ?? guide.name;
}
