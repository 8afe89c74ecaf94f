import { posix } from 'node:path';
import { unescaped } from './cells.ts';

/** Children of a worksheet in the order of CT_Worksheet (ECMA-376 part 1, 18.3.1.99). */
const WORKSHEET = [
  ...['sheetPr', 'dimension', 'sheetViews', 'sheetFormatPr', 'cols', 'sheetData', 'sheetCalcPr', 'sheetProtection'],
  ...['protectedRanges', 'scenarios', 'autoFilter', 'sortState', 'dataConsolidate', 'customSheetViews', 'mergeCells'],
  ...['phoneticPr', 'conditionalFormatting', 'dataValidations', 'hyperlinks', 'printOptions', 'pageMargins'],
  ...['pageSetup', 'headerFooter', 'rowBreaks', 'colBreaks', 'customProperties', 'cellWatches', 'ignoredErrors'],
  ...['smartTags', 'drawing', 'legacyDrawing', 'legacyDrawingHF', 'picture', 'oleObjects', 'controls'],
  ...['webPublishItems', 'tableParts', 'extLst'],
];
/** Of CT_Stylesheet and CT_Workbook. */
const STYLES = [
  ...['numFmts', 'fonts', 'fills', 'borders', 'cellStyleXfs', 'cellXfs', 'cellStyles', 'dxfs', 'tableStyles'],
  ...['colors', 'extLst'],
];
const WORKBOOK = [
  ...['fileVersion', 'fileSharing', 'workbookPr', 'workbookProtection', 'bookViews', 'sheets', 'functionGroups'],
  ...['externalReferences', 'definedNames', 'calcPr', 'oleSize', 'extLst'],
];

/** What would make a spreadsheet offer a repair: order of elements, parts without type, relations to nowhere, clashes. */
export function packageFaults(parts: ReadonlyMap<string, string>): string[] {
  return [...orderFaults(parts), ...typeFaults(parts), ...relationFaults(parts), ...nameFaults(parts)];
}

function orderFaults(parts: ReadonlyMap<string, string>): string[] {
  return [...parts].flatMap(([name, xml]) => {
    const order = /^xl\/worksheets\/[^/]*\.xml$/.test(name)
      ? WORKSHEET
      : name === 'xl/styles.xml'
        ? STYLES
        : name === 'xl/workbook.xml'
          ? WORKBOOK
          : undefined;
    if (order === undefined) return [];
    const places = childrenOf(xml).map((child) => [child, order.indexOf(child)] as const);
    return places.flatMap(([child, place], i) =>
      place < 0
        ? [`${name}: <${child}> is unknown`]
        : place < (places[i - 1]?.[1] ?? 0)
          ? [`${name}: <${child}> stands after <${places[i - 1]![0]}>`]
          : [],
    );
  });
}

/** Names of the elements directly below the root. */
function childrenOf(xml: string): string[] {
  const children: string[] = [];
  let depth = 0;
  for (const [, end, name, empty] of xml.matchAll(/<(\/?)([A-Za-z][\w:]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end) depth -= 1;
    else {
      if (depth === 1) children.push(name!);
      if (!empty) depth += 1;
    }
  }
  return children;
}

function typeFaults(parts: ReadonlyMap<string, string>): string[] {
  const types = parts.get('[Content_Types].xml')!;
  const overrides = [...types.matchAll(/PartName="\/([^"]+)"/g)].map(([, part]) => part!);
  const defaults = new Set([...types.matchAll(/Extension="([^"]+)"/g)].map(([, extension]) => extension));
  return [
    ...overrides.filter((part) => !parts.has(part)).map((part) => `content type of ${part}, which is not there`),
    ...overrides.filter((part, i) => overrides.indexOf(part) !== i).map((part) => `two content types of ${part}`),
    ...[...parts.keys()]
      .filter((part) => part !== '[Content_Types].xml' && !overrides.includes(part))
      .filter((part) => !part.endsWith('.rels') || !defaults.has('rels'))
      .map((part) => `${part} has no content type`),
  ];
}

function relationFaults(parts: ReadonlyMap<string, string>): string[] {
  const related = new Set<string>();
  const faults = [...parts].flatMap(([name, xml]) => {
    if (!name.endsWith('.rels')) return [];
    const source = name.replace(/_rels\/([^/]*)\.rels$/, '$1');
    const relations = [...xml.matchAll(/<Relationship [^>]*>/g)].map(([element]) => ({
      id: /\bId="([^"]+)"/.exec(element)![1]!,
      target: /\bTarget="([^"]+)"/.exec(element)![1]!,
      isExternal: element.includes('TargetMode="External"'),
    }));
    const used = new Set(
      [...(parts.get(source) ?? '').matchAll(/\br:(?:id|embed|link)="([^"]+)"/g)].map(([, id]) => id),
    );
    const ids = new Set(relations.map(({ id }) => id));
    for (const { target } of relations) related.add(resolved(source, target));
    return [
      ...relations.filter(({ isExternal }) => isExternal).map(({ target }) => `${name}: leads outside to ${target}`),
      ...relations
        .filter(({ target, isExternal }) => !isExternal && !parts.has(resolved(source, target)))
        .map(({ target }) => `${name}: leads to ${target}, which is not there`),
      ...[...used].filter((id) => !ids.has(id!)).map((id) => `${source}: ${id} is no relation of it`),
      ...(ids.size === relations.length ? [] : [`${name}: an id twice`]),
    ];
  });
  const lonely = [...parts.keys()].filter(
    (name) => name !== '[Content_Types].xml' && !name.endsWith('.rels') && !related.has(name),
  );
  return [...faults, ...lonely.map((name) => `nothing leads to ${name}`)];
}

function resolved(source: string, target: string): string {
  return target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(posix.dirname(source), target));
}

function nameFaults(parts: ReadonlyMap<string, string>): string[] {
  const book = parts.get('xl/workbook.xml')!;
  const sheets = [...book.matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name]) => unescaped(name!));
  const tables = [...parts].flatMap(([name, xml]) =>
    name.startsWith('xl/tables/') ? [/ displayName="([^"]*)"/.exec(xml)![1]!] : [],
  );
  return [
    ...sheets
      .filter((name) => name.length > 31 || name.trim() === '')
      .map((name) => `sheet name "${name}" is too long`),
    ...sheets
      .filter((name) => /[:\\/?*[\]]|^'|'$/.test(name) || /^history$/i.test(name))
      .map((n) => `sheet name "${n}"`),
    ...twice(sheets).map((name) => `two sheets "${name}"`),
    ...twice(tables).map((name) => `two tables "${name}"`),
  ];
}

function twice(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, i) => lower.indexOf(lower[i]!) !== i);
}
