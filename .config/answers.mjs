/**
 * JSON schemas of what the operations of the API answer, from the return types of the controllers' methods: the compiler
 * knows them, so nobody keeps a second list. `node .config/answers.mjs` writes src/http/answers.json; a test keeps it fresh.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const OPERATIONS = ['Reads', 'Tries', 'Does', 'Sets', 'Ends'];
/** deeper than this a type is said to be a value of any kind */
const DEEPEST = 12;

/** @returns {{ operations: Record<string, object>, schemas: Record<string, object> }} by operationId; named types by name */
export function answers() {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.json`,
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const files = config.fileNames.filter((name) => /\/src\/http\/[a-z-]+\.controller\.ts$/.test(name));
  const program = ts.createProgram(files, config.options);
  const checker = program.getTypeChecker();
  const named = new Map();
  const operations = {};
  for (const file of files) {
    for (const statement of program.getSourceFile(file).statements) {
      if (!ts.isClassDeclaration(statement)) continue;
      for (const member of statement.members) {
        const names = (ts.canHaveDecorators(member) ? (ts.getDecorators(member) ?? []) : []).map((decorator) =>
          ts.isCallExpression(decorator.expression) ? decorator.expression.expression.getText() : '',
        );
        if (!ts.isMethodDeclaration(member) || !names.some((name) => OPERATIONS.includes(name))) continue;
        const written = ts.getJSDocTags(member).find((tag) => tag.tagName.text === 'answers');
        if (written !== undefined) {
          const symbol = checker.resolveName(String(written.comment), member, ts.SymbolFlags.Type, false);
          const of = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
          operations[`${statement.name.text.replace(/Controller$/, '')}_${member.name.getText()}`] = schemaOf(
            checker.getDeclaredTypeOfSymbol(of),
            0,
          );
          continue;
        }
        const type = awaited(checker.getReturnTypeOfSignature(checker.getSignatureFromDeclaration(member)));
        const id = `${statement.name.text.replace(/Controller$/, '')}_${member.name.getText()}`;
        operations[id] = schemaOf(type, 0);
      }
    }
  }
  const schemas = Object.fromEntries([...named.values()].map(({ name, schema }) => [name, schema]));
  return { operations: sorted(operations), schemas: sorted(schemas) };

  function awaited(type) {
    return checker.getAwaitedType(type) ?? type;
  }

  function schemaOf(type, depth) {
    if (depth > DEEPEST || type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Void)) return {};
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isStringLiteral()) return { type: 'string', const: type.value };
    if (type.isNumberLiteral()) return { type: 'number', const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: type.intrinsicName === 'true' };
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.TypeParameter)
      return schemaOf(checker.getBaseConstraintOfType(type) ?? type, DEEPEST + 1);
    if (type.isUnion()) return unionOf(type.types, depth);
    // a text with a mark of its own, like a period
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.StringLike))
      return { type: 'string' };
    const name = type.symbol?.getName();
    if (name === 'Date') return { type: 'string', format: 'date-time' };
    if (name === 'Accepted') return { $ref: '#/components/schemas/Job' };
    if (checker.isTupleType(type) || checker.isArrayType(type)) {
      const items = [
        ...new Set(checker.getTypeArguments(type).map((item) => JSON.stringify(schemaOf(item, depth + 1)))),
      ];
      return {
        type: 'array',
        items: items.length === 1 ? JSON.parse(items[0]) : { anyOf: items.map((item) => JSON.parse(item)) },
      };
    }
    const isNamed = type.symbol?.flags & ts.SymbolFlags.Interface && checker.getTypeArguments(type).length === 0;
    if (!isNamed) return objectOf(type, depth);
    let known = named.get(type);
    if (known === undefined) {
      const taken = [...named.values()].filter((other) => other.of === name).length;
      known = { of: name, name: taken === 0 ? name : `${name}${taken + 1}` };
      named.set(type, known);
      known.schema = objectOf(type, 1);
    }
    return { $ref: `#/components/schemas/${known.name}` };
  }

  function unionOf(types, depth) {
    const given = types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    // 202 has an answer of its own
    const parts = given.length === 1 ? given : given.filter((part) => part.symbol?.getName() !== 'Accepted');
    if (parts.length > 0 && parts.every((part) => part.isStringLiteral()))
      return { type: 'string', enum: parts.map((part) => part.value).sort() };
    const schemas = [...new Set(parts.map((part) => JSON.stringify(schemaOf(part, depth + 1))))].map((text) =>
      JSON.parse(text),
    );
    const booleans = schemas.filter((schema) => typeof schema.const === 'boolean');
    const rest = schemas.filter((schema) => typeof schema.const !== 'boolean');
    const texts = rest.filter((schema) => schema.type === 'string' && schema.const !== undefined);
    const others = rest.filter((schema) => !texts.includes(schema));
    const all = [
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans),
      ...(texts.length > 0 ? [{ type: 'string', enum: texts.map((schema) => schema.const).sort() }] : []),
      ...others,
    ];
    if (all.some((schema) => Object.keys(schema).length === 0)) return {};
    return all.length === 1 ? all[0] : { anyOf: all };
  }

  function objectOf(type, depth) {
    const properties = {};
    const required = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const of = checker.getTypeOfSymbol(property);
      if (of.getCallSignatures().length > 0 || property.getName().startsWith('__')) continue;
      const mayLack =
        property.flags & ts.SymbolFlags.Optional ||
        (of.isUnion() && of.types.some((part) => part.flags & ts.TypeFlags.Undefined));
      const comment = ts.displayPartsToString(property.getDocumentationComment(checker)).replace(/\s+/g, ' ');
      const schema = schemaOf(of, depth + 1);
      properties[property.getName()] = comment === '' ? schema : { ...schema, description: comment };
      if (!mayLack && !(of.flags & ts.TypeFlags.Unknown)) required.push(property.getName());
    }
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(index ? { additionalProperties: schemaOf(index.type, depth + 1) } : {}),
    };
  }
}

const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(`${root}src/http/answers.json`, `${JSON.stringify(answers(), null, 2)}\n`);
