import { expect } from 'chai';
import ts from 'typescript';
import { sourceFiles, textOf } from './project.js';

const files = sourceFiles('src', 'decorators');
/** A clause without a subject, such as "How far a copy is.": it cannot be understood without the code that it is about. */
const HEADLESS = /^(?:What|How|Whether|Where|When|Which|Who|Why)\b/;

/** The comments of a file, each with the line on which it begins. */
function commentsOf(file: string): readonly { readonly text: string; readonly line: number }[] {
  const text = textOf(file);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ]) {
      found.set(range.pos, text.slice(range.pos, range.end));
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found].map(([at, comment]) => ({
    text: comment,
    line: source.getLineAndCharacterOfPosition(at).line + 1,
  }));
}

describe('The comments of the library', () => {
  const comments = files.flatMap((file) => commentsOf(file).map((comment) => ({ file, ...comment })));

  it('The comments of the library end at column 120', () => {
    const long = files.flatMap((file) => {
      const lines = textOf(file).split('\n');
      const within = new Set(
        comments
          .filter((comment) => comment.file === file)
          .flatMap(({ line, text }) => text.split('\n').map((_, index) => line + index)),
      );
      return [...within].filter((line) => lines[line - 1]!.length > 120).map((line) => `${file}:${line}`);
    });
    expect(long).to.deep.equal([]);
  });

  it('The doc comments of the library do not begin with a headless clause', () => {
    const headless = comments
      .filter(({ text }) => text.startsWith('/**') && HEADLESS.test(text.replace(/^\/\*\*[\s*]*/, '')))
      .map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 60).replaceAll(/\s+/g, ' ')}`);
    expect(headless).to.deep.equal([]);
  });
});
