import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/package-root.ts';

/** Texts for people in the source of a folder: what has a blank in it and a letter beside it, and is no SQL and no path. */
export function textsOf(...folder: string[]): { readonly text: string; readonly file: string }[] {
  const root = join(packageRoot, 'src', ...folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const file = ts.createSourceFile(name, readFileSync(join(root, name), 'utf8'), ts.ScriptTarget.Latest, true);
      const texts: { text: string; file: string }[] = [];
      const visit = (node: ts.Node): void => {
        const isText =
          ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
        if (isText && /\p{L} +\p{L}/u.test(node.text)) texts.push({ text: node.text, file: name });
        ts.forEachChild(node, visit);
      };
      visit(file);
      return texts;
    });
}
