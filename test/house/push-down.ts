import { parseSync, type JoinExpr, type Node, type SelectStmt, type WindowDef } from 'libpg-query';

/**
 * What Citus's planner asks of a statement before it sends it to the nodes whole, on PostgreSQL's own parse tree:
 * tables spread by one key are joined on it, and below the top level whatever groups, numbers or tells apart does so by
 * it (src/backend/distributed/planner/query_pushdown_planning.c of citusdata/citus). `materialized` is a step of its
 * own, gathered on the coordinator and sent to every node; it must push down like a statement.
 */
export interface Places {
  /** distribution column by table */
  readonly spread: ReadonlyMap<string, string>;
  /** tables that every node has */
  readonly everywhere: ReadonlySet<string>;
}

export interface PushDown {
  /** in words; empty: it pushes down */
  readonly faults: readonly string[];
  /** steps that are gathered from the nodes: names of `materialized` parts */
  readonly gathered: readonly string[];
}

/** @param statement one select; the parser must have been loaded (loadModule) */
export function pushDownOf(statement: string, places: Places): PushDown {
  const reader = new Reader(places);
  const { stmts } = parseSync(statement);
  const select = stmts?.[0]?.stmt as { SelectStmt: SelectStmt };
  reader.read(select.SelectStmt, { top: true, parts: new Map(), outer: [] });
  return { faults: [...new Set(reader.faults)], gathered: reader.gathered };
}

/** Where rows of something are: on the nodes by a key, on every node, or on the coordinator alone. */
interface Source {
  readonly at: 'nodes' | 'everywhere' | 'coordinator';
  readonly name: string;
  /** columns that hold the key */
  readonly keys: ReadonlySet<string>;
}
type Parts = ReadonlyMap<string, Source | (() => Source)>;
interface Level {
  readonly top: boolean;
  readonly parts: Parts;
  readonly outer: readonly Source[];
}
type Column = readonly [table: string | undefined, name: string];

const EVERYWHERE = new Set(['unnest', 'generate_series']); // immutable functions: the same rows on every node
const AGGREGATES = new Set(
  'sum count min max avg array_agg string_agg jsonb_agg bool_or bool_and range_agg'.split(' '),
);

class Reader {
  readonly faults: string[] = [];
  readonly gathered: string[] = [];

  constructor(private readonly places: Places) {}

  read(select: SelectStmt, above: Level): Source {
    const parts = new Map(above.parts);
    for (const cte of select.withClause?.ctes ?? []) this.part(cte, parts, select);
    const level = { ...above, parts };
    if (select.op !== undefined && select.op !== 'SETOP_NONE') return this.union(select, level);

    const sources: Source[] = [];
    const conditions = conjuncts(select.whereClause);
    for (const item of select.fromClause ?? []) this.from(item, level, sources, conditions);
    const spread = sources.filter(({ at }) => at === 'nodes');
    const scope = { sources, spread, level };
    this.joined(spread, conditions);
    if (spread.length > 0)
      for (const { at, name } of sources) if (at === 'coordinator') this.fault(`${name} is on the coordinator alone`);
    this.inner(select, scope, conditions);
    if (spread.length > 0) this.byKey(select, scope);
    const at = spread.length > 0 ? 'nodes' : sources.some((source) => source.at === 'coordinator') ? 'coordinator' : 'everywhere'; // prettier-ignore
    return { at, name: 'a subquery', keys: keysGiven(select, spread) };
  }

  /** A named part: a step of its own, or in place of its name. */
  private part(cte: Node, parts: Map<string, Source | (() => Source)>, within: SelectStmt): void {
    if (!('CommonTableExpr' in cte)) return;
    const { ctename, ctequery, ctematerialized } = cte.CommonTableExpr;
    const name = ctename!;
    const query = (ctequery as { SelectStmt: SelectStmt }).SelectStmt;
    const before = new Map(parts);
    if (ctematerialized === 'CTEMaterializeAlways') {
      if (this.read(query, { top: true, parts: before, outer: [] }).at === 'nodes') this.gathered.push(name);
      parts.set(name, { at: 'everywhere', name, keys: new Set() });
      return;
    }
    parts.set(name, () => {
      const source = { ...this.read(query, { top: false, parts: before, outer: [] }), name };
      if (source.at === 'nodes' && ctematerialized !== 'CTEMaterializeNever' && uses(within, name) > 1)
        this.fault(`${name} is used more than once and does not say whether it is materialized`);
      return source;
    });
  }

  private union(select: SelectStmt, level: Level): Source {
    const sides = [select.larg, select.rarg].map((side) => this.read(side!, { ...level, top: false }));
    if (sides.some(({ at }) => at === 'nodes')) this.fault('a union of rows on the nodes');
    return { at: sides.some(({ at }) => at === 'coordinator') ? 'coordinator' : 'everywhere', name: 'a union', keys: new Set() }; // prettier-ignore
  }

  private from(item: Node, level: Level, sources: Source[], conditions: Node[]): void {
    if ('RangeVar' in item) sources.push(this.table(item.RangeVar.relname!, item.RangeVar.alias?.aliasname, level));
    else if ('RangeSubselect' in item) {
      const { alias, subquery } = item.RangeSubselect;
      const select = (subquery as { SelectStmt: SelectStmt }).SelectStmt;
      sources.push({ ...this.read(select, { ...level, top: false }), name: alias?.aliasname ?? 'a subquery' });
    } else if ('RangeFunction' in item) {
      const names = namesIn(item, 'FuncCall');
      const same = names.some((name) => EVERYWHERE.has(name));
      sources.push({ at: same ? 'everywhere' : 'coordinator', name: item.RangeFunction.alias?.aliasname ?? names[0]!, keys: new Set() }); // prettier-ignore
    } else if ('JoinExpr' in item) this.join(item.JoinExpr, level, sources, conditions);
    else this.fault(`${Object.keys(item)[0]} in from`);
  }

  private table(name: string, alias: string | undefined, { parts }: Level): Source {
    const part = parts.get(name);
    if (part !== undefined) return { ...(typeof part === 'function' ? part() : part), name: alias ?? name };
    const key = this.places.spread.get(name);
    const at = key !== undefined ? 'nodes' : this.places.everywhere.has(name) ? 'everywhere' : 'coordinator';
    return { at, name: alias ?? name, keys: new Set(key === undefined ? [] : [key]) };
  }

  private join(join: JoinExpr, level: Level, sources: Source[], conditions: Node[]): void {
    const [left, right]: [Source[], Source[]] = [[], []];
    this.from(join.larg!, level, left, conditions);
    this.from(join.rarg!, level, right, conditions);
    const [kept, added] = join.jointype === 'JOIN_RIGHT' ? [right, left] : [left, right];
    const isSpread = (list: Source[]): boolean => list.some(({ at }) => at === 'nodes');
    if (join.jointype !== 'JOIN_INNER' && isSpread(added) && !isSpread(kept))
      this.fault(`an outer join keeps rows of ${kept[0]!.name}, which every node has`);
    if (join.jointype === 'JOIN_FULL' && isSpread(kept)) this.fault('a full join of rows on the nodes');
    for (const column of join.usingClause ?? []) {
      const name = textOf(column);
      for (const l of left) for (const r of right) if (l.keys.has(name) && r.keys.has(name)) conditions.push(equality(l.name, r.name, name)); // prettier-ignore
    }
    conditions.push(...conjuncts(join.quals));
    sources.push(...left, ...right);
  }

  /** All spread sources of a level must be joined, one way or another, on their keys. */
  private joined(spread: readonly Source[], conditions: readonly Node[]): void {
    if (spread.length < 2) return;
    const reached = new Set([spread[0]!]);
    for (let grown = true; grown;) {
      grown = false;
      for (const [a, b] of equalities(conditions)) {
        const [x, y] = [keyOwner(a, spread), keyOwner(b, spread)];
        if (!x || !y || reached.has(x) === reached.has(y)) continue;
        reached.add(x).add(y);
        grown = true;
      }
    }
    for (const { name } of spread.filter((source) => !reached.has(source)))
      this.fault(`${name} is not joined to ${spread[0]!.name} on the key`);
  }

  /** Subqueries in expressions: of rows that every node has, or of the outer row's own key. */
  private inner(select: SelectStmt, scope: Scope, conditions: readonly Node[]): void {
    const { sources, spread, level } = scope;
    const inTargets = new Set(subqueriesIn(select.targetList));
    const groups = select.groupClause !== undefined || hasAggregates(select) || windowsOf(select).length > 0;
    for (const inner of subqueriesIn([select.targetList, conditions, select.havingClause])) {
      const outer = [...sources, ...level.outer];
      const { at } = this.read(inner, { ...level, top: false, outer });
      const correlated = refersTo(inner, outer);
      if (spread.length === 0) {
        if (at === 'nodes') this.fault('rows on the nodes in an expression on the coordinator');
        continue;
      }
      if (at === 'coordinator') this.fault('a subquery of the coordinator in an expression on the nodes');
      if (inTargets.has(inner) && (groups || level.top)) this.fault('a subquery beside aggregates, or of the outermost row'); // prettier-ignore
      if (correlated && hasAggregates(inner) && !inner.groupClause) this.fault('an aggregate of the outer row');
      if (at === 'nodes' && !this.ofOwnKey(inner, level, spread))
        this.fault('a subquery of rows on the nodes that is not of the same key');
    }
  }

  private ofOwnKey(inner: SelectStmt, level: Level, spread: readonly Source[]): boolean {
    const quiet = new Reader(this.places);
    const own: Source[] = [];
    for (const item of inner.fromClause ?? []) quiet.from(item, level, own, []);
    return equalities(conjuncts(inner.whereClause)).some(
      ([a, b]) => (keyOwner(a, own) && keyOwner(b, spread)) || (keyOwner(b, own) && keyOwner(a, spread)),
    );
  }

  /** Below the top, what looks at several rows looks at rows of one key; at the top the coordinator adds up. */
  private byKey(select: SelectStmt, { spread, level }: Scope): void {
    const holds = (nodes: readonly Node[]): boolean => nodes.some((node) => keyOwner(columnOf(node), spread));
    for (const window of windowsOf(select))
      if (!holds(window.partitionClause ?? [])) this.fault('a window that is not by the key');
    if (level.top) return;
    if (select.groupClause && !holds(select.groupClause)) this.fault('a grouping that is not by the key');
    if (!select.groupClause && hasAggregates(select)) this.fault('an aggregate over all rows below the top');
    if (select.distinctClause) {
      const on = select.distinctClause.filter((node) => Object.keys(node).length > 0);
      const told = on.length > 0 ? on : (select.targetList ?? []).map((t) => (t as { ResTarget: { val: Node } }).ResTarget.val); // prettier-ignore
      if (!holds(told)) this.fault('distinct rows that are not by the key');
    }
    if (select.limitCount || select.limitOffset) this.fault('a limit below the top');
  }

  private fault(text: string): void {
    this.faults.push(text);
  }
}

interface Scope {
  readonly sources: readonly Source[];
  readonly spread: readonly Source[];
  readonly level: Level;
}

/** Names under which a level gives its key on. */
function keysGiven(select: SelectStmt, spread: readonly Source[]): Set<string> {
  const given = new Set<string>();
  for (const target of select.targetList ?? []) {
    const { name, val } = (target as { ResTarget: { name?: string; val?: Node } }).ResTarget;
    const column = columnOf(val);
    if (!column) continue;
    const [table, own] = column;
    if (own === '*') {
      for (const source of spread)
        if (table === undefined || table === source.name) for (const key of source.keys) given.add(key);
    } else if (keyOwner(column, spread)) given.add(name ?? own);
  }
  return given;
}

function keyOwner(column: Column | undefined, sources: readonly Source[]): Source | undefined {
  if (!column) return undefined;
  const [table, name] = column;
  return sources.find((source) => source.keys.has(name) && (table === undefined || table === source.name));
}

function conjuncts(node: Node | undefined): Node[] {
  if (!node) return [];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(conjuncts);
  return [node];
}

function equalities(conditions: readonly Node[]): (readonly [Column | undefined, Column | undefined])[] {
  return conditions.flatMap((node) =>
    'A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP' && node.A_Expr.name?.some((sign) => textOf(sign) === '=')
      ? [[columnOf(node.A_Expr.lexpr), columnOf(node.A_Expr.rexpr)] as const]
      : [],
  );
}

function equality(left: string, right: string, column: string): Node {
  const side = (table: string): Node => ({ ColumnRef: { fields: [table, column].map((sval) => ({ String: { sval } })) } }); // prettier-ignore
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: side(left), rexpr: side(right) } };
}

function columnOf(node: Node | undefined): Column | undefined {
  if (!node || !('ColumnRef' in node)) return undefined;
  const names = (node.ColumnRef.fields ?? []).map(textOf);
  return names.length > 1 ? [names.at(-2), names.at(-1)!] : [undefined, names[0]!];
}

const textOf = (node: Node): string => ('String' in node ? (node.String.sval ?? '') : '*');

/** Every node below, in order; subqueries' own when `deep`. */
function* nodesIn(tree: unknown, deep: boolean): Generator<readonly [string, object]> {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [name, value] of Object.entries(tree as object)) {
    if (typeof value !== 'object' || value === null) continue;
    yield [name, value as object];
    if (deep || (name !== 'subselect' && name !== 'SelectStmt')) yield* nodesIn(value, deep);
  }
}

function subqueriesIn(tree: unknown): SelectStmt[] {
  return [...nodesIn(tree, false)]
    .filter(([name]) => name === 'subselect')
    .map(([, value]) => (value as { SelectStmt: SelectStmt }).SelectStmt);
}

function windowsOf(select: SelectStmt): WindowDef[] {
  const named = (select.windowClause ?? []).map((node) => (node as { WindowDef: WindowDef }).WindowDef);
  return [...nodesIn([select.targetList, select.sortClause], false)]
    .filter(([name]) => name === 'over')
    .map(([, value]) => value as WindowDef)
    .map((window) => named.find(({ name }) => name === (window.name ?? window.refname)) ?? window);
}

function hasAggregates(select: SelectStmt): boolean {
  return [...nodesIn([select.targetList, select.havingClause], false)].some(
    ([name, value]) => name === 'FuncCall' && !('over' in value) && AGGREGATES.has(functionName(value)),
  );
}

const functionName = (call: object): string => textOf((call as { funcname: Node[] }).funcname.at(-1)!);

function namesIn(tree: unknown, kind: 'FuncCall'): string[] {
  return [...nodesIn(tree, true)].filter(([name]) => name === kind).map(([, value]) => functionName(value));
}

function uses(select: SelectStmt, part: string): number {
  return [...nodesIn(select, true)].filter(([name, value]) => name === 'RangeVar' && (value as { relname?: string }).relname === part).length; // prettier-ignore
}

/** Whether a subquery names a column of the rows around it. */
function refersTo(inner: SelectStmt, outer: readonly Source[]): boolean {
  const own = new Set([...nodesIn(inner, true)].flatMap(([name, value]) => (name === 'alias' ? [(value as { aliasname?: string }).aliasname] : []))); // prettier-ignore
  return [...nodesIn(inner, true)].some(([name, value]) => {
    const table = name === 'ColumnRef' ? columnOf({ ColumnRef: value } as Node)![0] : undefined;
    return table !== undefined && !own.has(table) && outer.some((source) => source.name === table);
  });
}
