import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/package-root.ts';
import { refusalIn } from '../../src/web/refusal-texts.ts';

const german = JSON.parse(readFileSync(join(packageRoot, 'templates', 'labels', 'refusals.de.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();
const bare = (text: string): string => text.replace(/\{\w*\}/g, '{}');

/** What the engine says when it refuses, by code, its values as {}; `next` holds how to go on. */
function refusalsOfSource(): Map<string, Set<string>> {
  const source = join(packageRoot, 'src');
  const said = new Map<string, Set<string>>();
  const add = (code: string, text: string): void => void said.set(code, (said.get(code) ?? new Set()).add(text));
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )) {
    const content = readFileSync(join(source, name), 'utf8');
    if (!content.includes('new Refusal(') && !/\bwhys?\b|alarms/.test(content)) continue;
    const file = ts.createSourceFile(name, content, ts.ScriptTarget.Latest, true);
    const texts = (node: ts.Node): string[] => {
      if (ts.isStringLiteralLike(node)) return [node.text];
      if (ts.isTemplateExpression(node))
        return [node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('')];
      if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
      return [];
    };
    const visit = (node: ts.Node): void => {
      // Why a rule took nothing or an effect is not netted: plain text of the engine.
      for (const text of texts(node)) add('why', text);
      if (ts.isNewExpression(node) && node.expression.getText() === 'Refusal') {
        const [code, message, options] = node.arguments ?? [];
        if (code && message && ts.isStringLiteral(code)) for (const text of texts(message)) add(code.text, text);
        if (options && ts.isObjectLiteralExpression(options))
          for (const property of options.properties)
            if (ts.isPropertyAssignment(property) && property.name.getText() === 'next')
              for (const text of texts(property.initializer)) add('next', text);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return said;
}

describe('refusals in German', () => {
  const all = Object.entries(german).flatMap(([code, said]) =>
    Object.entries(said).map(([english, text]) => ({ code, english, text })),
  );

  it('are of what the engine says, word by word', () => {
    const source = refusalsOfSource();
    expect(all.filter(({ code, english }) => !source.get(code)?.has(bare(english)))).toEqual([]);
  });

  it('hold the same values', () => {
    expect(all.filter(({ english, text }) => places(text).join() !== places(english).join())).toEqual([]);
  });

  it('carry the values of the message they stand for', () => {
    expect(refusalIn('de', 'own_work', 'dana prepared 2026-05 and cannot approve it')).toBe(
      'dana hat 2026-05 vorbereitet und darf das nicht selbst tun (approve)',
    );
    expect(refusalIn('de', 'bad_amount', '"1.2345" has too many decimals (EUR)')).toBe(
      '„1.2345“ ist kein Betrag in EUR (has too many decimals)',
    );
    expect(refusalIn('de', 'no_such_code', 'whatever')).toBeUndefined();
    expect(refusalIn('de', 'own_work', 'somebody said it otherwise')).toBeUndefined();
  });
});
