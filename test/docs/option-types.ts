import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './guide.js';

/** The names that an options object may have, with the place in the sources that declares them. */
export interface OptionNamesOf {
  readonly where: string;
  readonly names: readonly string[];
}

/** A public function that takes options. */
export interface OptionsParameter {
  readonly callee: string;
  /** The interface or type alias of the options. */
  readonly type: string;
}

/** The compiler's knowledge of the library's options. */
export interface OptionTypes {
  /** Every table of names that an options object is checked against at run time. */
  readonly tables: readonly OptionNamesOf[];
  /** Every options parameter of an exported function, constructor or method. */
  readonly parameters: readonly OptionsParameter[];
  /** Returns the members of a type of the library by its name; `undefined` if there is no such type. */
  membersOf(type: string): readonly string[] | undefined;
}

const INTEGRATIONS = ['class-transformer', 'express', 'express-session', 'key-value', 'keyv', 'nestjs'];
const ENTRIES = [
  'src/index.ts',
  'src/testing/index.ts',
  ...INTEGRATIONS.map((name) => `src/integrations/${name}/index.ts`),
];

/** Types of options whose names do not end in `Options`, `Settings` or `Schema`. */
const OTHER_OPTIONS = new Set(['AccessPolicy', 'ServiceProperties', 'CorsRule', 'SasKey']);

/** Reads the sources of the library with the compiler. */
export function readOptionTypes(): OptionTypes {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    readonly config: { readonly compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(
    ENTRIES.map((entry) => join(ROOT, entry)),
    { ...options, noEmit: true, incremental: false, composite: false },
  );
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter(isOwn);
  const exported = new Set(ENTRIES.flatMap((entry) => exportsOf(entry).map(({ name }) => name)));

  const types = new Map<string, ts.Type>();
  const tables: OptionNamesOf[] = [];
  for (const source of sources) {
    visit(source, (node) => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
        types.set(node.name.text, checker.getTypeAtLocation(node));
      const where = `${source.fileName.slice(ROOT.length + 1)}: ${node.getText().slice(0, 60)}`;
      if (ts.isTypeReferenceNode(node) && node.typeName.getText() === 'OptionNames')
        tables.push({ where, names: namesOf(checker.getTypeFromTypeNode(node.typeArguments![0]!)) });
      // `known` may be a parameter; the table passed to it is found at its own declaration.
      if (ts.isCallExpression(node) && node.expression.getText() === 'checkNames')
        tables.push({ where, names: namesOf(checker.getTypeAtLocation(node.arguments[1]!)) });
    });
  }

  return {
    tables,
    parameters: sources.length === 0 ? [] : ENTRIES.flatMap((entry) => exportsOf(entry).flatMap(parametersOf)),
    membersOf: (name) => {
      const type = types.get(name);
      return type && namesOf(type);
    },
  };

  function exportsOf(entry: string): readonly ts.Symbol[] {
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(ROOT, entry))!)!);
    return exports.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  }

  function parametersOf(symbol: ts.Symbol): readonly OptionsParameter[] {
    const isClass = (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) !== 0;
    const values = symbol.flags & ts.SymbolFlags.Value ? [checker.getTypeOfSymbol(symbol)] : [];
    const holders = [...values, ...(isClass ? [checker.getDeclaredTypeOfSymbol(symbol)] : [])];
    const methods = holders.flatMap((type) => checker.getPropertiesOfType(type));
    return [
      ...values.map((type) => ({ name: symbol.name, type })),
      ...methods.map((method) => ({ name: method.name, type: checker.getTypeOfSymbol(method) })),
    ].flatMap(optionsOfFunction);
  }

  function optionsOfFunction({
    name,
    type,
  }: {
    readonly name: string;
    readonly type: ts.Type;
  }): readonly OptionsParameter[] {
    const signatures = [...type.getCallSignatures(), ...type.getConstructSignatures()];
    const parameters = signatures.flatMap((signature) => signature.getParameters());
    return parameters
      .map(({ valueDeclaration }) => valueDeclaration)
      .filter((declaration) => declaration !== undefined && ts.isParameter(declaration))
      .filter((declaration) => isOwn(declaration.getSourceFile()) && declaration.type !== undefined)
      .flatMap((declaration) => typesIn(declaration.type!).map((option) => ({ callee: name, type: option })));
  }

  /** Returns the types of options that a type refers to. A type parameter counts as its constraint. */
  function typesIn(type: ts.TypeNode, followsConstraints = true): readonly string[] {
    const found: string[] = [];
    visit(type, (node) => {
      if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return;
      const declaration = checker.getSymbolAtLocation(node.typeName)?.declarations?.[0];
      if (followsConstraints && declaration !== undefined && ts.isTypeParameterDeclaration(declaration))
        found.push(...(declaration.constraint === undefined ? [] : typesIn(declaration.constraint, false)));
      const name = node.typeName.text;
      if (
        exported.has(name) &&
        types.has(name) &&
        (/(?:Options|Settings|Schema)$/.test(name) || OTHER_OPTIONS.has(name))
      )
        found.push(name);
    });
    return found;
  }

  function namesOf(type: ts.Type): readonly string[] {
    const parts = type.isUnion() ? type.types : [type];
    return [
      ...new Set(parts.filter(isObject).flatMap((part) => checker.getPropertiesOfType(part).map(({ name }) => name))),
    ];
  }
}

function isOwn({ fileName }: ts.SourceFile): boolean {
  return !fileName.includes('/node_modules/') && !fileName.endsWith('.d.ts');
}

function isObject(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
}

function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node);
  ts.forEachChild(node, (child) => visit(child, each));
}
