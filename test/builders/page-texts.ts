import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/package-root.ts';

const WEB = join(packageRoot, 'src', 'web');
/** Functions whose texts are of the catalogue, with the places of those texts among what they are given. */
const SAYING: Readonly<Record<string, readonly number[]>> = { t: [0], rich: [0], label: [0], counted: [1, 2] };
/** What only machines read; every other attribute may hold text. */
const SILENT = new Set(
  (
    'class href name id type key role method action for value scope autocomplete lang hreflang rel charset content src ' +
    'enctype accept inputmode tone width height x y x1 x2 y1 y2 cx cy r d dx dy viewBox transform preserveAspectRatio ' +
    'patternUnits patternTransform points text-anchor dominant-baseline aria-describedby aria-current aria-labelledby ' +
    'aria-hidden state script list min max step minlength maxlength download encType formaction media'
  ).split(' '),
);
/** The same in every language: our name, names of formats, commands. */
const NAMES = /^[^\p{L}]*(Answerable|model\.yaml|XLSX|PDF|CSV|JSON|SQL|sha256|UTC|API|answerable( [\w-]+)*)[^\p{L}]*$/u;

export interface PageText {
  readonly text: string;
  readonly file: string;
}

function sources(): ts.SourceFile[] {
  return readdirSync(WEB, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ts.createSourceFile(name, readFileSync(join(WEB, name), 'utf8'), ts.ScriptTarget.Latest, true));
}

/** Every text that the source of the pages asks the catalogue for. */
export function textsAsked(): PageText[] {
  const asked: PageText[] = [];
  for (const file of sources()) {
    const visit = (node: ts.Node): void => {
      for (const place of places(node)) {
        const argument = (node as ts.CallExpression).arguments[place];
        if (argument !== undefined && ts.isStringLiteralLike(argument))
          asked.push({ text: argument.text, file: file.fileName });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return asked;
}

/**
 * Text for people that no catalogue knows: any word that stands where a page shows it, and whatever reads like words
 * anywhere else in the pages' source.
 */
export function textsOutside(): PageText[] {
  return sources().flatMap((file) => {
    const outside: PageText[] = [];
    look(file, false, (text) => outside.push({ text: text.trim(), file: file.fileName }));
    return outside;
  });
}

function look(node: ts.Node, shown: boolean, found: (text: string) => void): void {
  const into = (child: ts.Node): void => look(child, shown, found);
  const judge = shown ? isWords : isPhrase;
  if (ts.isNewExpression(node) && /(Refusal|Error|Exception)$/.test(node.expression.getText())) return; // the engine's words
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') return; // a name for machines
  if (ts.isImportDeclaration(node) || ts.isDecorator(node) || ts.isTypeNode(node) || ts.isThrowStatement(node)) return;
  if (ts.isJsxText(node)) {
    if (isWords(node.text)) found(node.text);
  } else if (ts.isJsxAttribute(node)) {
    const silent = SILENT.has(node.name.getText());
    if (node.initializer !== undefined && !silent) look(node.initializer, true, found);
  } else if (ts.isStringLiteralLike(node)) {
    if (judge(node.text)) found(node.text);
  } else if (ts.isTemplateExpression(node)) {
    const words = [node.head, ...node.templateSpans.map((span) => span.literal)].map(({ text }) => text);
    if (!/^[/?#@]/.test(words[0]!) && words.some(judge)) found(words.join('…'));
    node.templateSpans.forEach((span) => into(span.expression));
  } else if (ts.isBinaryExpression(node)) {
    if (!/^[!=]==$/.test(node.operatorToken.getText())) ts.forEachChild(node, into);
  } else if (ts.isConditionalExpression(node)) {
    look(node.condition, false, found);
    into(node.whenTrue);
    into(node.whenFalse);
  } else if (ts.isCallExpression(node)) {
    const said = places(node);
    node.arguments.forEach((argument, i) => {
      // What a list is made into is shown where the list is: months.map((month) => `${month}: …`)
      const maker = ts.isArrowFunction(argument) && !ts.isBlock(argument.body) ? argument.body : undefined;
      if (maker !== undefined) look(maker, shown && !ts.isJsxElement(maker), found);
      else if (!said.includes(i) || !ts.isStringLiteralLike(argument)) look(argument, false, found);
    });
    look(node.expression, shown, found); // of months.map(…).join('; ') the months are shown, too
  } else if (ts.isJsxExpression(node)) {
    ts.forEachChild(node, (child) => look(child, shown || !ts.isJsxAttribute(node.parent), found));
  } else if (ts.isElementAccessExpression(node) || ts.isCaseClause(node)) {
    ts.forEachChild(node, (child) => (ts.isStringLiteralLike(child) ? undefined : look(child, false, found)));
  } else {
    ts.forEachChild(node, (child) => look(child, shown && !ts.isArrowFunction(node), found));
  }
}

function places(node: ts.Node): readonly number[] {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? (SAYING[node.expression.text] ?? []) : [];
}

function isWords(text: string): boolean {
  return /\p{L}{2}/u.test(text) && !NAMES.test(text);
}

/** Two words beside each other, or one that begins as a sentence or a heading does. */
function isPhrase(text: string): boolean {
  return isWords(text) && /\p{L}{2,}[,:;]? \p{L}|^\P{L}{0,3}\p{Lu}\p{Ll}+[.:]?$/u.test(text);
}
